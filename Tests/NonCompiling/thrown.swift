// expect: 'SecretBytes'
import SecretMemory

enum Leak: Error { case value(SecretBytes) }
