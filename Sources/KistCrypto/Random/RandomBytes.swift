private import CSodium

/// Random bytes that are not secret: salts, ids, nonces.
package enum RandomBytes {
    package static func make(_ count: Int) -> [UInt8] {
        Sodium.start()
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            if count > 0 { randombytes_buf(buffer.baseAddress!, count) }
            written = count
        }
    }
}
