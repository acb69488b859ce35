// expect: 'SecretBytes'
import SecretMemory

func leak() { _ = AsyncStream<SecretBytes>.makeStream() }
