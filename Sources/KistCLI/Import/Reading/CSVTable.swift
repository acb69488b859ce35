import SecretMemory

/// Comma-separated values with a row of names at the top (RFC 4180): fields in quotes may hold commas, line ends and
/// doubled quotes.
struct CSVTable {
    struct Row {
        /// Counted from 1; the line on which it begins.
        let line: Int
        /// The number of each value, in order of the columns.
        let values: [Int]
    }

    /// As they stand in the first row.
    private(set) var columns: [String] = []
    private(set) var rows: [Row] = []

    static let mostColumns = 256
    static let mostRows = 20_000

    static func parse(
        _ bytes: UnsafeRawBufferPointer, what: String, into values: inout SecretStack
    ) throws(Failure) -> CSVTable {
        var table = CSVTable()
        var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        guard SecretJSON.isUTF8(bytes) else {
            throw Failure.usage("\(what) is not UTF-8", advice: ["convert it:  iconv -f LATIN1 -t UTF-8 FILE"])
        }
        while at < bytes.count {
            let start = line
            var row: [Int] = []
            repeat {
                let value = try field(bytes, &at, &line, what)
                row.append(values.push(value))
                guard row.count <= mostColumns else {
                    throw Failure.usage("\(what): line \(start) has more than \(mostColumns) columns")
                }
            } while take(UInt8(ascii: ","), bytes, &at)
            endLine(bytes, &at, &line)
            if row.count == 1, values.isEmpty(row[0]) { continue }
            if table.columns.isEmpty {
                for value in row {
                    guard let name = values.text(value), !name.isEmpty else {
                        throw Failure.usage("\(what): the first line must name every column")
                    }
                    table.columns.append(name)
                }
                continue
            }
            guard row.count == table.columns.count else {
                throw Failure.usage(
                    "\(what): line \(start) has \(row.count) values, the first line \(table.columns.count) names")
            }
            table.rows.append(Row(line: start, values: row))
            guard table.rows.count <= mostRows else { throw Failure.usage("\(what) has more than \(mostRows) rows") }
        }
        return table
    }

    private static func field(
        _ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ line: inout Int, _ what: String
    ) throws(Failure) -> SecretBytes {
        var value = SecretBuffer(capacity: 64)
        guard take(UInt8(ascii: "\""), bytes, &at) else {
            while at < bytes.count, bytes[at] != UInt8(ascii: ","), !isEnd(bytes, at) {
                guard bytes[at] != UInt8(ascii: "\"") else {
                    throw Failure.usage("\(what): line \(line): a quote within a value without quotes")
                }
                value.append(bytes[at])
                at += 1
            }
            return value.finish()
        }
        let opened = line
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") {
                guard take(UInt8(ascii: "\""), bytes, &at) else {
                    guard at == bytes.count || bytes[at] == UInt8(ascii: ",") || isEnd(bytes, at) else {
                        throw Failure.usage("\(what): line \(line): something follows the closing quote")
                    }
                    return value.finish()
                }
            }
            if byte == 10 { line += 1 }
            value.append(byte)
        }
        throw Failure.usage("\(what): line \(opened): the quote does not end")
    }

    private static func take(_ byte: UInt8, _ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private static func isEnd(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        bytes[at] == 10 || bytes[at] == 13 && (at + 1 == bytes.count || bytes[at + 1] == 10)
    }

    private static func endLine(_ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ line: inout Int) {
        _ = take(13, bytes, &at)
        _ = take(10, bytes, &at)
        line += 1
    }
}
