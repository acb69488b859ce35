// expect: requires that 'SecretBytes' conform to 'Copyable'
import SecretMemory

func leak(_ secret: borrowing SecretBytes) -> String { "\(secret)" }
