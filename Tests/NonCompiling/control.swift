// expect: nothing
import SecretMemory

func proper(_ secret: consuming SecretBytes) -> Int {
    let first = secret.withBytes { $0.first ?? 0 }
    let copy = secret.copy()
    let same = secret == copy
    copy.wipe()
    return same ? Int(first) + secret.count : 0
}
