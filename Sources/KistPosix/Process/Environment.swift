private import CKistPosix
private import Glibc

/// This process's environment, read without Foundation.
package enum Environment {
    /// The value of `name`; `nil` when it is not set.
    package static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }

    /// All entries as `NAME=value`, in order.
    package static var entries: [String] {
        var entries: [String] = []
        var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = kist_environ()
        while let entry = next?.pointee {
            entries.append(String(cString: entry))
            next = next.map { $0 + 1 }
        }
        return entries
    }
}
