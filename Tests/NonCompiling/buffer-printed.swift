// expect: argument type 'SecretBuffer' does not conform
import SecretMemory

func leak(_ buffer: borrowing SecretBuffer) { print(buffer) }
