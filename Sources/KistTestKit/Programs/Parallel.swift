private import KistPosix
private import Synchronization

/// Runs `body` for 0 to `count` - 1, each on a thread of its own, and waits for all.
package func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let left = Left(count)
    for index in 0..<count {
        do {
            try Process.startThread {
                body(index)
                left.value.withLock { $0 -= 1 }
            }
        } catch { fatalError("\(error)") }
    }
    while left.value.withLock({ $0 > 0 }) { BootClock.sleep(milliseconds: 1) }
}

private final class Left: Sendable {
    let value: Mutex<Int>
    init(_ count: Int) { value = Mutex(count) }
}

/// As `eventually`, for a test that is a task itself: where all threads that run tasks are held by tests that wait, the
/// task that is waited for would never begin.
package func inTime(within seconds: Int = 600, _ condition: () -> Bool) async -> Bool {
    let end = BootClock.nanoseconds + Int64(seconds) * 1_000_000_000
    while BootClock.nanoseconds < end {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

/// Waits until `condition` holds, for up to `seconds`.
///
/// - Returns: whether it came to hold. A bound against hanging, not a measurement.
package func eventually(within seconds: Int = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = BootClock.nanoseconds + Int64(seconds) * 1_000_000_000
    while BootClock.nanoseconds < end {
        if try condition() { return true }
        BootClock.sleep(milliseconds: 2)
    }
    return try condition()
}
