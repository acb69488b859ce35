/// An anchor whose bytes were read when this was made: before the vault's file, which is not trusted, was looked at. What
/// opening that file may do to other files then comes too late to hide what this machine had seen.
package final class AnchorReadFirst: AnchorStore {
    private let anchors: any AnchorStore
    private var read: Result<[UInt8]?, AnchorStoreError>

    package init(_ anchors: any AnchorStore) {
        self.anchors = anchors
        read = Result { () throws(AnchorStoreError) in try anchors.load() }
    }

    /// What another place remembers counts where nothing was ever seen at this path; an empty file says nothing either.
    package func fallBack(on kept: [UInt8]) {
        if case .success(let bytes) = read, bytes?.isEmpty ?? true { read = .success(kept) }
    }

    package func load() throws(AnchorStoreError) -> [UInt8]? { try read.get() }

    package func save(_ anchor: [UInt8]) throws(AnchorStoreError) {
        try anchors.save(anchor)
        read = .success(anchor)
    }
}
