import Glibc
import KistModel
import KistProtocol
import Testing

/// The page that specifies the protocol is read here, and every example on it is compared with what the code does.
struct AgentProtocolTests {
    struct Example {
        var kind: String
        var method: String
        var prefix: [UInt8]
        var header: [UInt8]
        var segments: [[UInt8]]

        var bytes: [UInt8] { prefix + header + segments.flatMap { $0 } }
    }

    let examples: [Example]
    let page: String

    init() throws {
        page = try Self.read("Sources/KistProtocol/AgentProtocol.md")
        examples = try Self.parse(page)
    }

    @Test func thereAreExamplesOfEveryMethod() {
        #expect(examples.count >= 40)
        for method in Method.allCases {
            #expect(examples.contains { $0.kind == "request" && $0.method == method.rawValue }, "\(method)")
        }
    }

    @Test func everyExampleIsOneWholeFrame() throws {
        for example in examples {
            let layout = try #require(try example.bytes.withUnsafeBytes { try FrameLayout.decode($0) })
            #expect(layout.header == example.header.count)
            #expect(layout.segments == example.segments.map(\.count))
            #expect(layout.frameBytes == example.bytes.count)
            var prefix: [UInt8] = []
            layout.encodePrefix(into: &prefix)
            #expect(prefix == example.prefix)
        }
    }

    @Test func headersAreCanonicalAndComeOutAsTheyWentIn() throws {
        for example in examples {
            let json = try JSONParser.parse(example.header)
            #expect(json.encoded == example.header)
            if example.kind == "request" {
                #expect(try Request(json: json).json.encoded == example.header)
            } else {
                #expect(try Response(json: json).json.encoded == example.header)
            }
        }
    }

    @Test func parametersAndResultsComeOutAsTheyWentIn() throws {
        var checked = 0
        for example in examples {
            let json = try JSONParser.parse(example.header)
            if example.kind == "request" {
                let params = try #require(json["params"])
                let again: JSONValue? =
                    switch Method(rawValue: example.method) {
                    case .initialise: try InitialiseRequest(json: params).json
                    case .unlock: try UnlockRequest(json: params).json
                    case .reveal: try RevealRequest(json: params).json
                    case .put: try PutRequest(json: params).json
                    case .show, .remove, .history, .restore: try NamedRequest(json: params).json
                    case .folder: try FolderRequest(json: params).json
                    case .seen: try SeenRequest(json: params).json
                    case .keep, .kept: try KeepRequest(json: params).json
                    case .reject: try RejectRequest(json: params).json
                    case .policy: try PolicyRequest(json: params).json
                    case .slotAdd: try SlotAddRequest(json: params).json
                    case .slotChange: try SlotChangeRequest(json: params).json
                    case .slotRemove, .slotTest: try SlotTargetRequest(json: params).json
                    case .rekey: try RekeyRequest(json: params).json
                    case .seal: try SealRequest(json: params).json
                    case .backupOpen: try BackupOpenRequest(json: params).json
                    case .audit: try AuditRequest(json: params).json
                    default: nil
                    }
                if let again {
                    #expect(again.encoded == params.encoded)
                    checked += 1
                }
            } else if let result = json["result"] {
                let items = result["items"]?.array ?? []
                switch Method(rawValue: example.method) {
                case .hello: #expect(try Hello(json: result).json == result)
                case .status: #expect(try AgentStatus(json: result).json == result)
                case .initialise: #expect(try InitialiseResult(json: result).json == result)
                case .unlock: #expect(try UnlockResult(json: result).json == result)
                case .seen: #expect(try SeenResult(json: result).json == result)
                case .put: #expect(try PutResult(json: result).json == result)
                case .slots: #expect(try SlotsResult(json: result).json == result)
                case .slotAdd, .slotChange, .slotTest: #expect(try SlotResult(json: result).json == result)
                case .backupOpen, .backupPart: #expect(try BackupProgress(json: result).json == result)
                case .backupEnd: #expect(try BackupSummary(json: result).json == result)
                case .rekey, .rekeyStatus: #expect(try RekeyProgress(json: result).json == result)
                case .list: for item in items { #expect(try overviewAgain(item) == item) }
                case .show: #expect(try overviewAgain(result) == result)
                case .audit: for item in items { #expect(try AuditEntry(json: item).json == item) }
                case .auditVerify: #expect(try AuditFindings(json: result).json == result)
                case .reveal:
                    for item in items { #expect(try RevealedItem(json: item, segments: 1).json == item) }
                default: continue
                }
                checked += 1
            }
        }
        // All methods that have shapes of their own.
        #expect(checked >= 25)
    }

    @Test func everyKindOfErrorStandsInTheTableInItsPlace() throws {
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(rows == AgentFailure.Kind.allCases.map(\.rawValue))
        for example in examples where example.kind == "error" {
            let error = try #require(try JSONParser.parse(example.header)["error"])
            #expect(try AgentFailure(json: error).json == error)
        }
    }

    // MARK: Reading the page

    static func read(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let file = try #require(fopen("/\(root)/\(path)", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func parse(_ page: String) throws -> [Example] {
        var examples: [Example] = []
        var block: [Substring]?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```frame ") {
                block = [line]
            } else if line == "```", let lines = block {
                let title = lines[0].split(separator: " ")
                var example = Example(
                    kind: String(title[1]), method: String(title[2]), prefix: [], header: [], segments: [])
                for line in lines.dropFirst() {
                    if line.hasPrefix("{") {
                        example.header = Array(line.utf8)
                    } else if line.hasPrefix("segment ") {
                        example.segments.append(try bytes(line.dropFirst("segment ".count)))
                    } else {
                        example.prefix += try bytes(line)
                    }
                }
                examples.append(example)
                block = nil
            } else {
                block?.append(line)
            }
        }
        return examples
    }

    private static func bytes(_ text: some StringProtocol) throws -> [UInt8] {
        try text.split(separator: " ").map { try #require(UInt8($0, radix: 16)) }
    }
}
