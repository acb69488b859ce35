// expect: SecretBytes
import SecretMemory

func leak(_ secret: borrowing SecretBytes) { func take(_ value: some Encodable) {}; take(secret) }
