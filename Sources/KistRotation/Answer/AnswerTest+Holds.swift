import KistPlatforms

extension AnswerTest {
    /// Whether it holds for a body.
    func holds(_ body: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .contains(let text): Self.contains(body, Array(text.utf8))
        case .present(let path):
            switch JSONProbe.find(path, in: body) {
            case nil: false
            case .word(let range)?: !body[range].elementsEqual("null".utf8)
            case .string(let range)?: !range.isEmpty
            case .container?: true
            }
        case .equals(let path, let value):
            switch JSONProbe.find(path, in: body) {
            case .word(let range)?, .string(let range)?: body[range].elementsEqual(value.utf8)
            case nil, .container?: false
            }
        }
    }

    /// What is missing when it does not hold; quotes the platform's file only.
    var absence: String {
        switch self {
        case .contains(let text): "\"\(text)\""
        case .present(let path): path
        case .equals(let path, let value): "\(path) = \(value)"
        }
    }

    private static func contains(_ body: UnsafeRawBufferPointer, _ text: [UInt8]) -> Bool {
        guard !text.isEmpty, body.count >= text.count else { return text.isEmpty }
        for start in 0...(body.count - text.count) where body[start] == text[0] {
            if body[start..<start + text.count].elementsEqual(text) { return true }
        }
        return false
    }
}
