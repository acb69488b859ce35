package import KistModel

extension Overview {
    /// The bytes of `json.encoded`, without building the value: half of what a look-up would cost.
    package func encode(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"profile\":".utf8)
        JSONValue.encode(profile.description, into: &bytes)
        bytes.append(contentsOf: ",\"name\":".utf8)
        JSONValue.encode(name.description, into: &bytes)
        bytes.append(contentsOf: ",\"platform\":".utf8)
        JSONValue.encode(platform, into: &bytes)
        if let variant {
            bytes.append(contentsOf: ",\"variant\":".utf8)
            JSONValue.encode(variant, into: &bytes)
        }
        bytes.append(contentsOf: ",\"plain\":{".utf8)
        for (index, field) in plain.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(field.name.description, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONValue.encode(field.value, into: &bytes)
        }
        bytes.append(contentsOf: "},\"order\":[".utf8)
        for (index, field) in plain.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(field.name.description, into: &bytes)
        }
        bytes.append(contentsOf: "],\"secrets\":[".utf8)
        for (index, name) in secrets.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(name.description, into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        if case .at(let end) = expiry {
            bytes.append(contentsOf: ",\"expires\":".utf8)
            JSONValue.encode(end.description, into: &bytes)
        }
        bytes.append(contentsOf: ",\"created\":".utf8)
        JSONValue.encode(created.description, into: &bytes)
        bytes.append(contentsOf: ",\"modified\":".utf8)
        JSONValue.encode(modified.description, into: &bytes)
        bytes.append(contentsOf: ",\"revision\":".utf8)
        JSONValue.encode(Int64(clamping: revision), into: &bytes)
        if let note {
            bytes.append(contentsOf: ",\"note\":".utf8)
            JSONValue.encode(note, into: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
