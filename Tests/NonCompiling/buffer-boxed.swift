// expect: 'SecretBuffer'
import SecretMemory

func leak(_ buffer: consuming SecretBuffer) { let box: Any = buffer; _ = box }
