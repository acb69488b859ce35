// expect: 'SecretSegments'
import SecretMemory

func leak(_ secrets: consuming SecretSegments) { let box: Any = secrets; _ = box }
