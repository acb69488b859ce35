// expect: SecretBytes
import SecretMemory

func leak(_ secret: borrowing SecretBytes) {
    func take<T: CustomDebugStringConvertible & ~Copyable>(_ value: borrowing T) {}; take(secret)
}
