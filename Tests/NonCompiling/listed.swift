// expect: 'SecretBytes'
import SecretMemory

func leak(_ secret: consuming SecretBytes) { let list = [secret]; _ = list }
