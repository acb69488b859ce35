// expect: argument type 'SecretSegments' does not conform
import SecretMemory

func leak(_ secrets: borrowing SecretSegments) { print(secrets) }
