// expect: SecretBytes
import SecretMemory

func leak(_ secret: borrowing SecretBytes) -> String {
    func take<T: CustomStringConvertible & ~Copyable>(_ value: borrowing T) -> String { value.description };
    return take(secret)
}
