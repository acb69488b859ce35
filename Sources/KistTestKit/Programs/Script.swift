private import KistPosix

/// Makes a file that can be executed.
///
/// Another program writes it: a file that this process had open for writing may still be open in a child that a parallel
/// test is about to execute something in, and the kernel refuses to execute it then (ETXTBSY).
package func makeScript(_ path: String, _ text: String) throws {
    try File.replace(path + ".text", with: Array(text.utf8))
    guard Command.run(["/usr/bin/install", "-m", "700", path + ".text", path]).status == 0 else {
        throw PosixError("install", 1)
    }
    try Folder.removeFile(path + ".text")
}
