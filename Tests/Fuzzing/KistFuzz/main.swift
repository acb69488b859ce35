import Glibc
import KistCrypto

/// One parser against libFuzzer: `kist-fuzz TARGET [options of libFuzzer] [corpus]`, or `kist-fuzz TARGET --seeds FOLDER` to write
/// good inputs to begin with. Built by Scripts/fuzz only, with the address sanitizer and edges counted.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

guard CommandLine.arguments.count >= 2, let target = targets[CommandLine.arguments[1]] else {
    print(targets.keys.sorted().joined(separator: "\n"))
    exit(CommandLine.arguments.count >= 2 ? 64 : 0)
}
if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--seeds" {
    try Seeds.write(of: CommandLine.arguments[1], to: CommandLine.arguments[3])
    exit(0)
}
nonisolated(unsafe) let tried = target
var arguments: [UnsafeMutablePointer<CChar>?] =
    ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
var count = Int32(arguments.count - 1)
let status = arguments.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress!
    return runDriver(&count, &start) { bytes, length in
        tried(UnsafeRawBufferPointer(start: bytes, count: length))
        return 0
    }
}
exit(status)
