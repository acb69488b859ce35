private import CCurl
import KistPlatforms
import SecretMemory

/// Why there was no answer.
enum HTTPFailure: Equatable {
    case name, connect, timeout, tls, proxy, noProxy, notLoopback, garbage, closed, other
}

/// What came back. The body may hold an access token: it is wiped with this value.
struct HTTPAnswer: ~Copyable {
    let failure: HTTPFailure?
    /// `nil` when there was none.
    let status: Int?
    let milliseconds: Int
    /// Whether the body is longer than what was read.
    let isTruncated: Bool
    let body: SecretBytes
    /// The value of the header asked for, already harmless.
    let wanted: String?
    /// The origin that a redirect points to, already harmless.
    let redirect: String?
}

/// How the network is reached.
package struct NetworkSettings: Equatable, Sendable {
    /// For https to other machines only.
    package var proxy: String?
    package var noProxy: String?
    /// A file of certificates instead of the system's.
    package var authorities: String?
    /// Milliseconds for everything together.
    package var timeout = 10_000

    package init() {}

    static let largestBody = 65_536
}

extension HTTPCall {
    /// Sends the request and reads the answer. No redirect is followed.
    consuming func perform(_ settings: NetworkSettings) -> HTTPAnswer {
        var raw = kist_http_answer()
        let isSetUp = send(settings, &raw)
        defer { kist_http_forget(&raw) }
        guard isSetUp else {
            return HTTPAnswer(
                failure: .other, status: nil, milliseconds: 0, isTruncated: false, body: SecretBytes(count: 0) { _ in },
                wanted: nil, redirect: nil)
        }
        let body = SecretBytes(count: raw.body_length) { target in
            guard let bytes = raw.body else { return }
            target.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: raw.body_length))
        }
        let wanted = withUnsafeBytes(of: &raw.wanted) { Harmless.word($0.prefix { $0 != 0 }) }
        let redirect = withUnsafeBytes(of: &raw.redirect) { bytes -> String? in
            let text = bytes.prefix { $0 != 0 }
            guard !text.isEmpty else { return nil }
            return WebAddress(String(decoding: text.prefix { $0 != 0x3F && $0 != 0x23 }, as: UTF8.self))?.originText
                ?? "another address"
        }
        return HTTPAnswer(
            failure: HTTPFailure(raw.failure), status: raw.status > 0 ? raw.status : nil,
            milliseconds: Int((raw.microseconds + 500) / 1_000), isTruncated: raw.is_truncated != 0, body: body,
            wanted: wanted.isEmpty ? nil : wanted, redirect: redirect)
    }

    private borrowing func send(_ settings: NetworkSettings, _ raw: inout kist_http_answer) -> Bool {
        var request = kist_http_request()
        request.only_loopback = address.isLoopback ? 1 : 0
        request.timeout_ms = settings.timeout
        request.largest_body = NetworkSettings.largestBody
        // A proxy would see a request to this machine as one to itself; plain http goes nowhere else.
        let usesProxy = address.isSecure && !address.isLoopback
        let texts = [
            method.rawValue, url, usesProxy ? settings.proxy : nil, settings.noProxy, settings.authorities,
            wantedHeader,
        ].map { text in text.map { Array($0.utf8CString) } }
        return Self.withPointers(texts) { pointers in
            request.method = pointers[0]
            request.url = pointers[1]
            request.proxy = pointers[2]
            request.no_proxy = pointers[3]
            request.ca_file = pointers[4]
            request.wanted_header = pointers[5]
            return headers.withBytes { bytes in
                let base = bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
                let lines: [UnsafePointer<CChar>?] = headerStarts.map { base + $0 }
                return lines.withUnsafeBufferPointer { lines in
                    request.headers = lines.baseAddress
                    request.header_count = lines.count
                    return perform(&request, &raw)
                }
            }
        }
    }

    private borrowing func perform(_ request: inout kist_http_request, _ raw: inout kist_http_answer) -> Bool {
        tls.authority.withBytes { authority in
            tls.certificate.withBytes { certificate in
                tls.key.withBytes { key in
                    if !authority.isEmpty { (request.ca, request.ca_length) = (authority.baseAddress, authority.count) }
                    if !certificate.isEmpty, !key.isEmpty {
                        (request.certificate, request.certificate_length) = (certificate.baseAddress, certificate.count)
                        (request.key, request.key_length) = (key.baseAddress, key.count)
                    }
                    return exchange(&request, &raw)
                }
            }
        }
    }

    private borrowing func exchange(_ request: inout kist_http_request, _ raw: inout kist_http_answer) -> Bool {
        guard body != nil else { return kist_http_perform(&request, &raw) == 0 }
        return body!.withBytes { bytes in
            request.body = bytes.baseAddress
            request.body_length = bytes.count
            return kist_http_perform(&request, &raw) == 0
        }
    }

    /// Texts that are not secret, as C strings for the time of `body`.
    private static func withPointers<R>(
        _ texts: [[CChar]?], _ done: [UnsafePointer<CChar>?] = [], _ body: ([UnsafePointer<CChar>?]) -> R
    ) -> R {
        guard done.count < texts.count else { return body(done) }
        guard let text = texts[done.count] else { return withPointers(texts, done + [nil], body) }
        return text.withUnsafeBufferPointer { withPointers(texts, done + [$0.baseAddress], body) }
    }
}

extension HTTPFailure {
    fileprivate init?(_ raw: Int32) {
        switch UInt32(bitPattern: raw) {
        case KIST_HTTP_DONE.rawValue: return nil
        case KIST_HTTP_NAME.rawValue: self = .name
        case KIST_HTTP_CONNECT.rawValue: self = .connect
        case KIST_HTTP_TIMEOUT.rawValue: self = .timeout
        case KIST_HTTP_TLS.rawValue: self = .tls
        case KIST_HTTP_PROXY.rawValue: self = .proxy
        case KIST_HTTP_NO_PROXY.rawValue: self = .noProxy
        case KIST_HTTP_REFUSED.rawValue: self = .notLoopback
        case KIST_HTTP_GARBAGE.rawValue: self = .garbage
        case KIST_HTTP_CLOSED.rawValue: self = .closed
        default: self = .other
        }
    }
}
