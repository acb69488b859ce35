/// A table while its lines are being read.
final class TableInMaking {
    enum Item {
        case node(TOMLNode)
        case table(TableInMaking)
        case tables(TablesInMaking)
    }

    /// Whether a header, or the dots of a key, named it; a second header may not.
    var isDefined = false
    var isDotted = false
    private let line: Int
    private var order: [(key: String, item: Item, line: Int)] = []
    private var places: [String: Int] = [:]

    init(line: Int) { self.line = line }

    subscript(key: String) -> Item? { places[key].map { order[$0].item } }

    func add(_ key: String, _ item: Item, _ line: Int) {
        places[key] = order.count
        order.append((key, item, line))
    }

    var finished: TOMLTable {
        TOMLTable(
            entries: order.map { key, item, line in
                switch item {
                case .node(let node): (key, node)
                case .table(let table): (key, TOMLNode(value: .table(table.finished), line: table.line))
                case .tables(let list):
                    (
                        key,
                        TOMLNode(
                            value: .array(list.tables.map { TOMLNode(value: .table($0.finished), line: $0.line) }),
                            line: line)
                    )
                }
            })
    }
}

final class TablesInMaking {
    var tables: [TableInMaking] = []
}
