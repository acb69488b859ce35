/// How a credential is written as a user name and a password: what git, docker and others of their kind take.
package struct LoginForm: Hashable, Sendable {
    /// Plain fields only.
    package let user: Template
    package let password: Template
    package let condition: Condition
    /// Whether the platform takes any user name: that of the form is only a stand-in.
    package let takesAnyUser: Bool

    package init(user: Template, password: Template, condition: Condition, takesAnyUser: Bool) {
        self.user = user
        self.password = password
        self.condition = condition
        self.takesAnyUser = takesAnyUser
    }
}
