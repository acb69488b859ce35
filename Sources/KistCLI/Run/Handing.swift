import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import SecretMemory

/// What reaches the program otherwise than through its environment.
struct Handed {
    /// Descriptors that it gets; ours until then.
    var descriptors: [Int32] = []
    /// What takes the place of its standard input; ours until then.
    var input: Int32?
    /// The path under which a field (`NAME.FIELD`) can be read.
    var paths: [String: String] = [:]
    /// Fields that were asked for in another form and were there.
    var fields: Set<String> = []
    /// Whether files were put into a private folder.
    var madeFolder = false
}

/// Hands over the fields of one credential that `--as` names: as files, pipes or memory.
struct Handing {
    let session: Session
    let deliveries: Deliveries
    /// The process whose end removes the files.
    let pid: Int32

    /// - Parameter item: the place of the credential in `reply`.
    func hand(_ item: RevealedItem, _ reply: borrowing RevealReply, to handed: inout Handed) throws(Failure) {
        var files: [FolderRequest.File] = []
        var contents = SecretBuffer(capacity: 1_024)
        var lengths: [Int] = []
        var keys: [String] = []
        for field in item.fields {
            let key = Deliveries.key(item.overview.name, field.name)
            let delivery = deliveries.delivery(item.overview.name, field.name)
            guard delivery != .env, handed.fields.insert(key).inserted else { continue }
            let value = reply.segments.segment(field.segment)
            switch delivery {
            case .env: break
            case .file:
                files.append(FolderRequest.File(path: field.name.description))
                lengths.append(value.count)
                contents.append(value)
                keys.append(key)
            case .fd:
                let descriptor = try Self.pipe(value, key)
                handed.descriptors.append(descriptor)
                handed.paths[key] = "/dev/fd/\(descriptor)"
            case .memfd:
                let descriptor = try Self.memory(value, key)
                handed.descriptors.append(descriptor)
                handed.paths[key] = "/proc/self/fd/\(descriptor)"
            case .stdin: handed.input = try Self.memory(value, key)
            }
        }
        guard !files.isEmpty else { return }
        let request = FolderRequest(pid: pid, files: files)
        let segments = SecretSegments(bytes: contents.finish(), lengths: lengths)
        let folder = try FileRendering.folder(request, segments, session)
        for (file, key) in zip(files, keys) { handed.paths[key] = folder + "/" + file.path }
        handed.madeFolder = true
    }

    /// A pipe that holds the value and its end.
    private static func pipe(_ value: borrowing SecretBytes, _ key: String) throws(Failure) -> Int32 {
        do throws(PosixError) { return try SecretDescriptor.pipe(value) } catch {
            throw Failure(
                "\(key) does not fit into a pipe (\(error))", advice: ["as memory instead:  --as \(key)=memfd"])
        }
    }

    private static func memory(_ value: borrowing SecretBytes, _ key: String) throws(Failure) -> Int32 {
        do throws(PosixError) { return try SecretDescriptor.memory(value) } catch {
            throw Failure("\(key) could not be put into memory of its own (\(error))")
        }
    }
}

/// Secrets behind descriptors that another program is given.
enum SecretDescriptor {
    /// The end of a pipe to read from; the value is in it, and nothing comes behind.
    static func pipe(_ value: borrowing SecretBytes) throws(PosixError) -> Int32 {
        let ends = try Descriptor.makePipe()
        // F_SETPIPE_SZ: all of it must fit, because nobody will be here to write the rest.
        if value.count > 65_536, fcntl(ends.writing.raw, 1_031, Int32(clamping: value.count)) < value.count {
            throw PosixError("pipe", EFBIG)
        }
        ends.writing.setNonblocking(true)
        try write(value, to: ends.writing.raw)
        let reading = ends.takeReading()
        return try above(reading.raw)
    }

    /// A file in memory that nobody can change any more, at its beginning.
    static func memory(_ value: borrowing SecretBytes) throws(PosixError) -> Int32 {
        let raw = File.memory("kist")
        guard raw >= 0 else { throw PosixError("memfd_create") }
        let file = Descriptor(owning: raw)
        try write(value, to: file.raw)
        guard File.seal(raw), lseek(raw, 0, SEEK_SET) == 0 else { throw PosixError("memfd_create") }
        return try above(file.raw)
    }

    private static func write(_ value: borrowing SecretBytes, to descriptor: Int32) throws(PosixError) {
        let written = value.withBytes { $0.count == 0 ? 0 : Glibc.write(descriptor, $0.baseAddress!, $0.count) }
        guard written == value.count else { throw PosixError("write", written < 0 ? errno : EFBIG) }
    }

    /// A second number for it, out of the way of those that programs take for granted.
    private static func above(_ descriptor: Int32) throws(PosixError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
        guard copy >= 0 else { throw PosixError("dup") }
        return copy
    }
}
