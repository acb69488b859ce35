/// What `kist run` is to do.
struct RunInput: Equatable {
    /// Credentials; empty means what `kist.toml` says.
    var names: [String] = []
    var command: [String] = []
    /// Files of variables and references.
    var envFiles: [String] = []
    var reason: String?
    var allowExpired = false
    /// Prove every credential at its platform before anything is started.
    var checksFirst = false
    /// Also take away every credential variable that any platform knows.
    var pristine = false
    var allowDangerousNames = false
    /// Descriptors beside 0 to 2 that the program gets.
    var keptDescriptors: [Int32] = []
    /// Whether what the program prints is masked; `nil`: where a person or a log would see it.
    var masks: Bool?
    /// Fields that go another way than through the environment.
    var deliveries = Deliveries()
    /// What happens at a new revision; `nil`: nothing.
    var watch: WatchAction?
}
