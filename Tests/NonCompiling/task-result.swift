// expect: 'SecretBytes'
import SecretMemory

func leak() { _ = Task<SecretBytes, Never> { SecretBytes(count: 1) { _ in } } }
