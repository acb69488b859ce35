/// A structured document: names in ordinary memory, values as numbers into a `SecretStack`.
final class TreeNode {
    private(set) var children: [(name: String, node: TreeNode)] = []
    private var byName: [String: Int] = [:]
    /// The number of its value; `nil` for a list, a map or nothing.
    var value: Int?
    /// Whether its children are numbered, not named.
    var isList = false

    /// Deeper documents are refused by every reader.
    static let deepest = 32
    /// Values and names of one document.
    static let most = 200_000

    init(value: Int? = nil) { self.value = value }

    /// - Returns: `false` when there is a child of that name already; it is there twice then, the first one counts.
    @discardableResult
    func add(_ name: String, _ node: TreeNode) -> Bool {
        children.append((name, node))
        guard byName[name] == nil else { return false }
        byName[name] = children.count - 1
        return true
    }

    func append(_ node: TreeNode) { children.append(("\(children.count)", node)) }

    subscript(_ name: String) -> TreeNode? { byName[name].map { children[$0].node } }

    /// The nodes of a list; of anything else none.
    var items: [TreeNode] { isList ? children.map(\.node) : [] }

    /// Whether every child is a value.
    var isFlat: Bool { !isList && children.allSatisfy { $0.node.value != nil } }
}
