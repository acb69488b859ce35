/// What `kist add` was given. The words may hold a secret typed in the wrong place: they are never printed.
struct AddInput: Equatable {
    var platform: String?
    /// `FIELD=VALUE`, or `FIELD` to be asked for.
    var words: [String] = []
    var name: String?
    var variant: String?
    var fromInput = false
    var fromEnvironment = false
    /// `FIELD=VARIABLE`.
    var variables: [String] = []
    /// `FIELD=PATH`.
    var files: [String] = []
    var expires: String?
    var note: String?
    var policy: String?
    var check = true
    var replace = false
    var json = false
}
