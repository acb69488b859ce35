private import Glibc

/// Pages straight from the system: an inaccessible page on either side, out of core dumps, locked if the system lets us.
struct LockedMapping {
    let base: UnsafeMutableRawPointer
    /// Usable bytes, whole pages.
    let count: Int
    let isLocked: Bool

    static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// At least `count` zero bytes; `nil` when the system has none to give.
    static func make(_ count: Int) -> LockedMapping? {
        let usable = (max(count, 1) + page - 1) / page * page
        guard let whole = mmap(nil, usable + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            whole != MAP_FAILED
        else { return nil }
        let base = whole + page
        guard mprotect(base, usable, PROT_READ | PROT_WRITE) == 0 else {
            munmap(whole, usable + 2 * page)
            return nil
        }
        // Advice that may be missing in a container; a core dump is off by other means too.
        madvise(base, usable, MADV_DONTDUMP)
        return LockedMapping(base: base, count: usable, isLocked: mlock(base, usable) == 0)
    }

    /// Wipes and returns the pages.
    func unmap() {
        explicit_bzero(base, count)
        if isLocked { munlock(base, count) }
        munmap(base - Self.page, count + 2 * Self.page)
    }
}
