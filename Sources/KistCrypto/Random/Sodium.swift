private import CSodium

/// The library's one-time start. Cheap to ask for again.
enum Sodium {
    private static let started: Void = {
        precondition(sodium_init() >= 0, "libsodium could not start")
    }()

    static func start() { started }
}
