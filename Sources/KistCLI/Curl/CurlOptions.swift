/// The options of curl that `kist curl` passes on. Everything else is refused: what is not known here could send the
/// credential elsewhere (`--location`, `--proxy`, `--resolve`, `--config`), show it (`--verbose`, `--trace`) or switch off the
/// proof of who is asked (`--insecure`).
enum CurlOptions {
    /// Long name to whether a value follows.
    private static let long: [String: Bool] = [
        "request": true, "data": true, "data-ascii": true, "data-raw": true, "data-binary": true,
        "data-urlencode": true, "json": true, "url-query": true, "form": true, "form-string": true,
        "upload-file": true, "header": true, "user-agent": true, "referer": true, "range": true, "output": true,
        "write-out": true, "max-time": true, "connect-timeout": true, "max-filesize": true, "retry": true,
        "retry-delay": true, "retry-max-time": true, "limit-rate": true, "cacert": true, "capath": true,
        "time-cond": true, "continue-at": true, "output-dir": true,
        "silent": false, "show-error": false, "fail": false, "fail-with-body": false, "include": false,
        "head": false, "get": false, "compressed": false, "create-dirs": false, "remote-name": false,
        "no-progress-meter": false, "progress-bar": false, "no-buffer": false, "http1.1": false, "http2": false,
        "ipv4": false, "ipv6": false, "retry-all-errors": false, "retry-connrefused": false, "tlsv1.2": false,
        "tlsv1.3": false, "path-as-is": false, "parallel": false, "no-clobber": false,
    ]
    private static let short: [Character: String] = [
        "X": "request", "d": "data", "F": "form", "T": "upload-file", "H": "header", "A": "user-agent",
        "e": "referer", "r": "range", "o": "output", "w": "write-out", "m": "max-time", "s": "silent",
        "S": "show-error", "f": "fail", "i": "include", "I": "head", "G": "get", "O": "remote-name", "N": "no-buffer",
        "#": "progress-bar", "4": "ipv4", "6": "ipv6", "z": "time-cond", "C": "continue-at", "Z": "parallel",
    ]
    /// Why some of those that people would miss are not among them.
    private static let reasons: [String: String] = [
        "location": "a redirect could take the credential to another host",
        "L": "a redirect could take the credential to another host",
        "location-trusted": "a redirect would take the credential to another host",
        "verbose": "it prints the credential", "v": "it prints the credential", "trace": "it prints the credential",
        "trace-ascii": "it prints the credential", "insecure": "nobody would prove who is asked",
        "k": "nobody would prove who is asked", "config": "it could hold any option", "K": "it could hold any option",
        "user": "the vault says who asks", "u": "the vault says who asks",
    ]

    struct Words: Equatable {
        /// What curl gets, long names only.
        var options: [String] = []
        /// What is no option: the credential, then addresses.
        var others: [String] = []
        /// The values of `--header`.
        var headers: [String] = []
    }

    /// Reads what stands behind `kist curl`.
    ///
    /// - Throws: `Failure` for an option that is not passed on; it is named only when curl has it.
    static func read(_ words: [String]) throws(Failure) -> Words {
        var read = Words()
        var index = 0
        /// The value of an option: what is left of its word, or the next word.
        func value(_ rest: Substring, _ name: String) throws(Failure) -> String {
            if !rest.isEmpty { return String(rest) }
            guard index < words.count else { throw Failure.usage("--\(name) of curl needs a value") }
            index += 1
            return words[index - 1]
        }
        while index < words.count {
            let word = words[index]
            index += 1
            if word.hasPrefix("--"), word.count > 2 {
                let name = String(word.dropFirst(2))
                guard let takesValue = long[name] else { throw refusal(name, isLong: true) }
                read.add(name, takesValue ? try value("", name) : nil)
            } else if word.hasPrefix("-"), word.count > 1, word != "--" {
                var rest = word.dropFirst()
                while let letter = rest.popFirst() {
                    guard let name = short[letter] else { throw refusal(String(letter), isLong: false) }
                    guard long[name] == true else {
                        read.add(name, nil)
                        continue
                    }
                    read.add(name, try value(rest, name))
                    break
                }
            } else if word != "--" {
                read.others.append(word)
            }
        }
        return read
    }

    private static func refusal(_ name: String, isLong: Bool) -> Failure {
        if let why = reasons[name] {
            return Failure.usage("\(isLong ? "--" : "-")\(name) is not passed on to curl: \(why)")
        }
        return Failure.usage(
            "an option is not passed on to curl",
            advice: ["those that are:  kist curl --help", "with any option:  kist run NAME -- curl …"])
    }

    /// For the help.
    static let shown =
        "-X -d --data-raw --data-binary --data-urlencode --json --url-query -F -T -H -A -e -r -o -O -w -m -s -S -f -i -I -G, "
        + "--connect-timeout, --max-filesize, --retry…, --compressed, --cacert and some more"
}

extension CurlOptions.Words {
    fileprivate mutating func add(_ name: String, _ value: String?) {
        options.append("--" + name)
        guard let value else { return }
        options.append(value)
        if name == "header" { headers.append(value) }
    }
}
