// expect: argument type 'SecretBytes' does not conform to expected type 'Copyable'
import SecretMemory

func leak(_ secret: borrowing SecretBytes) { print(secret) }
