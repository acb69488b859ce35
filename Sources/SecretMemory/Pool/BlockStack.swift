/// Blocks of memory, the last one first: what an array does. But the type of an array is put together when it is first used, which
/// takes a program that answers one question longer than everything it does with its blocks.
struct BlockStack {
    private var blocks: UnsafeMutablePointer<UnsafeMutableRawBufferPointer>?
    private(set) var count = 0
    private var room = 0

    mutating func push(_ block: UnsafeMutableRawBufferPointer) {
        if count == room {
            let larger = max(8, 2 * room)
            let new = UnsafeMutablePointer<UnsafeMutableRawBufferPointer>.allocate(capacity: larger)
            if let blocks {
                new.update(from: blocks, count: count)
                blocks.deallocate()
            }
            (blocks, room) = (new, larger)
        }
        blocks?[count] = block
        count += 1
    }

    mutating func pop() -> UnsafeMutableRawBufferPointer? {
        guard count > 0 else { return nil }
        count -= 1
        return blocks?[count]
    }

    /// Takes out the block that begins at `base`, from wherever it is; the others keep no order.
    mutating func remove(at base: UnsafeMutableRawPointer) {
        guard let blocks, let place = (0..<count).last(where: { blocks[$0].baseAddress == base }) else { return }
        count -= 1
        blocks[place] = blocks[count]
    }

    func each(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        for place in 0..<count { if let block = blocks?[place] { body(block) } }
    }

    /// Gives its own memory back, not that of the blocks.
    consuming func end() { blocks?.deallocate() }
}
