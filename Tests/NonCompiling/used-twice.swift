// expect: consumed
import SecretMemory

func twice(_ secret: consuming SecretBytes) { let first = secret; let second = secret; _ = first.count + second.count }
