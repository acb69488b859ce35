private import Glibc
internal import Synchronization

/// Blocks of secret memory in power-of-two sizes, cut from locked slabs that are kept for reuse.
///
/// One `sodium_malloc` costs a handful of system calls and four mappings; a block from here costs a lock and a pop. Every
/// free block is zero: wiped on its way back, and zero when it came from the system. Blocks over the largest class have
/// a mapping of their own.
struct SlabPool: ~Copyable {
    static let shared = Mutex(SlabPool())

    /// Class `n` holds blocks of `smallest << n` bytes.
    static let smallest = 64
    static let largest = 64 * 1_024
    private static let classes = 11

    /// Free blocks by class.
    private let free = UnsafeMutablePointer<BlockStack>.allocate(capacity: classes)
    /// Every mapping that is in use or kept, for `forgetAll`.
    private var mappings = BlockStack()
    /// What no block was cut of yet, for blocks that are not larger than a page: most processes need one such slab.
    private var uncut: UnsafeMutableRawBufferPointer?
    private(set) var status = LockedMemory(inUse: 0, highWater: 0, mapped: 0, locked: true)

    private init() { free.initialize(repeating: BlockStack(), count: Self.classes) }

    deinit {
        for index in 0..<Self.classes { free[index].end() }
        free.deallocate()
        mappings.end()
    }

    /// A pool beside the shared one, for tests.
    static func own() -> Mutex<SlabPool> { Mutex(SlabPool()) }

    /// The block that a request of `count` bytes gets.
    static func blockSize(_ count: Int) -> Int {
        guard count > smallest else { return smallest }
        if count > largest { return (count + LockedMapping.page - 1) / LockedMapping.page * LockedMapping.page }
        return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    /// Zero bytes; `nil` when the system has no memory to give.
    mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
        let size = Self.blockSize(count)
        let block: UnsafeMutableRawPointer
        if size > Self.largest {
            guard let mapping = LockedMapping.make(size) else { return nil }
            note(mapping)
            block = mapping.base
        } else {
            let index = Self.index(size)
            if let known = free[index].pop()?.baseAddress {
                block = known
            } else if size <= LockedMapping.page {
                guard let cut = cut(size) else { return nil }
                block = cut
            } else {
                guard grow(index, size), let new = free[index].pop()?.baseAddress else { return nil }
                block = new
            }
        }
        status.inUse += size
        status.highWater = max(status.highWater, status.inUse)
        return block
    }

    /// Takes back what `take(count)` gave. The bytes are wiped before the block can be given again.
    mutating func giveBack(_ block: UnsafeMutableRawPointer, _ count: Int) {
        let size = Self.blockSize(count)
        status.inUse -= size
        if size > Self.largest {
            status.mapped -= size
            mappings.remove(at: block)
            // Unlocking pages that were never locked does nothing.
            LockedMapping(base: block, count: size, isLocked: true).unmap()
        } else {
            explicit_bzero(block, count)
            free[Self.index(size)].push(UnsafeMutableRawBufferPointer(start: block, count: size))
        }
    }

    /// A block of the slab that is not used up, or of a new one.
    private mutating func cut(_ size: Int) -> UnsafeMutableRawPointer? {
        if uncut.map({ $0.count < size }) ?? true {
            guard let slab = LockedMapping.make(16 * 1_024) else { return nil }
            note(slab)
            // What is left of the last one is still good for smaller blocks.
            if let rest = uncut, let base = rest.baseAddress { keep(base, rest.count) }
            uncut = UnsafeMutableRawBufferPointer(start: slab.base, count: slab.count)
        }
        guard let slab = uncut, let base = slab.baseAddress else { return nil }
        uncut = UnsafeMutableRawBufferPointer(start: base + size, count: slab.count - size)
        return base
    }

    /// Puts zero bytes among the free blocks.
    private mutating func keep(_ base: UnsafeMutableRawPointer, _ count: Int) {
        var (base, count) = (base, count)
        while count >= Self.smallest {
            let size = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)
            free[Self.index(size)].push(UnsafeMutableRawBufferPointer(start: base, count: size))
            base += size
            count -= size
        }
    }

    private mutating func grow(_ index: Int, _ size: Int) -> Bool {
        guard let slab = LockedMapping.make(4 * size) else { return false }
        note(slab)
        // From the end, so that the first block taken is the first of the slab.
        for offset in stride(from: slab.count - size, through: 0, by: -size) {
            free[index].push(UnsafeMutableRawBufferPointer(start: slab.base + offset, count: size))
        }
        return true
    }

    /// Wipes every block, whoever owns it.
    func forgetAll() { mappings.each { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } } }

    private mutating func note(_ mapping: LockedMapping) {
        mappings.push(UnsafeMutableRawBufferPointer(start: mapping.base, count: mapping.count))
        status.mapped += mapping.count
        if !mapping.isLocked { status.locked = false }
    }

    private static func index(_ size: Int) -> Int { size.trailingZeroBitCount - smallest.trailingZeroBitCount }
}
