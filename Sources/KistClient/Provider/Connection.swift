// Within the package, who asks through this library has the connection below it at hand. All of that is `package`: programs
// of others see nothing of it.
@_exported public import KistConnection
