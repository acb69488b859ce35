// expect: SecretBytes
import SecretMemory

func leak(_ secret: borrowing SecretBytes) { func take<T: Hashable & ~Copyable>(_ value: borrowing T) {}; take(secret) }
