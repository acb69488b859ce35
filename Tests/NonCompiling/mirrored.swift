// expect: 'SecretBytes'
import SecretMemory

func leak(_ secret: consuming SecretBytes) { _ = Mirror(reflecting: secret) }
