// expect: 'SecretBytes'
import SecretMemory

func leak(_ secret: consuming SecretBytes) { let table = ["key": secret]; _ = table }
