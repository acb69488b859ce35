// expect: 'SecretBytes'
import SecretMemory

func leak(_ secret: consuming SecretBytes) { let box: Any = secret; _ = box }
