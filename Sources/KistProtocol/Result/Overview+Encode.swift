package import KistModel

extension Overview {
    /// The bytes of `json.encoded`, without building the value: half of what a look-up would cost.
    package func encode(into bytes: inout [UInt8]) {
        bytes.append("{\"profile\":")
        JSONValue.encode(profile.description, into: &bytes)
        bytes.append(",\"name\":")
        JSONValue.encode(name.description, into: &bytes)
        bytes.append(",\"platform\":")
        JSONValue.encode(platform, into: &bytes)
        if let variant {
            bytes.append(",\"variant\":")
            JSONValue.encode(variant, into: &bytes)
        }
        bytes.append(",\"plain\":{")
        for (index, field) in plain.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(field.name.description, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONValue.encode(field.value, into: &bytes)
        }
        bytes.append("},\"order\":[")
        for (index, field) in plain.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(field.name.description, into: &bytes)
        }
        bytes.append("],\"secrets\":[")
        for (index, name) in secrets.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.encode(name.description, into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        if case .at(let end) = expiry {
            bytes.append(",\"expires\":")
            JSONValue.encode(end.description, into: &bytes)
        }
        bytes.append(",\"created\":")
        bytes.append("\"")
        created.write(to: &bytes)
        bytes.append("\"")
        bytes.append(",\"modified\":")
        bytes.append("\"")
        modified.write(to: &bytes)
        bytes.append("\"")
        bytes.append(",\"revision\":")
        JSONValue.encode(Int64(clamping: revision), into: &bytes)
        if let since {
            bytes.append(",\"since\":")
            JSONValue.encode(Int64(clamping: since), into: &bytes)
        }
        if let note {
            bytes.append(",\"note\":")
            JSONValue.encode(note, into: &bytes)
        }
        if policy != .allow {
            bytes.append(",\"policy\":")
            JSONValue.encode(policy.rawValue, into: &bytes)
        }
        if !bundles.isEmpty {
            bytes.append(",\"bundles\":[")
            for (index, note) in bundles.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                note.json.encode(into: &bytes)
            }
            bytes.append("]")
        }
        if !rejections.isEmpty {
            bytes.append(",\"rejected\":[")
            for (index, rejection) in rejections.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                rejection.json.encode(into: &bytes)
            }
            bytes.append("]")
        }
        if let lastUsed {
            bytes.append(",\"used\":")
            bytes.append("\"")
            lastUsed.write(to: &bytes)
            bytes.append("\"")
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
