import Glibc
import KistPosix
import KistProtocol
import KistTestKit

/// A message bus of its own, with a real gnome-keyring, a stand-in that means harm, or nobody on it.
final class DesktopBus {
    enum Keeper {
        /// gnome-keyring, its login keyring open.
        case gnome
        /// `stand_in.py` in this mode.
        case standIn(String)
        case nobody
    }

    let folder = TemporaryFolder()
    private var running: [RunningCommand] = []

    init(_ keeper: Keeper) throws {
        for name in ["run", "data", "home"] { try Folder.make(folder.path + "/" + name) }
        try File.replace(folder.path + "/bus.conf", with: Array(Self.configuration(socket: socket).utf8))
        running.append(
            Command.start(
                ["/usr/bin/dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + folder.path + "/bus.conf"],
                environment: variables))
        precondition(eventually { access(socket, F_OK) == 0 }, "dbus-daemon did not start")
        switch keeper {
        case .gnome:
            try File.replace(folder.path + "/line", with: [10])
            let line = "exec gnome-keyring-daemon --foreground --unlock --components=secrets <\(folder.path)/line"
            running.append(Command.start(["/bin/sh", "-c", line], environment: variables))
            precondition(
                eventually {
                    (try? HelperProcess.ask(.init(.probe, milliseconds: 2_000), on: self))?.outcome == .done
                },
                "gnome-keyring did not open its login keyring")
        case .standIn(let mode):
            let script = #filePath.split(separator: "/").dropLast().joined(separator: "/")
            running.append(
                Command.start(["/usr/bin/python3", "/\(script)/stand_in.py", socket, mode], environment: variables))
            precondition(eventually { self.running[1].text("out").contains("ready") }, "the stand-in did not start")
        case .nobody: break
        }
    }

    deinit {
        for process in running.reversed() {
            process.kill(SIGTERM)
            _ = process.wait()
        }
    }

    private var socket: String { folder.path + "/bus" }

    /// What a desktop gives its programs.
    var environment: [String] { ["DBUS_SESSION_BUS_ADDRESS=unix:path=\(socket)"] }

    /// Locks the login keyring, as a screen lock or a timer may.
    func lock() {
        let done = Command.run(
            [
                "/usr/bin/dbus-send", "--bus=unix:path=\(socket)", "--print-reply", "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
                "array:objpath:/org/freedesktop/secrets/aliases/default",
            ], environment: variables)
        precondition(done.status == 0, done.errors)
    }

    /// What `secret-tool` finds, as any other program of the desktop would.
    func lookup(_ attributes: [String]) -> String {
        Command.run(["/usr/bin/secret-tool", "lookup"] + attributes, environment: variables).output
    }

    private var variables: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": folder.path + "/home", "XDG_RUNTIME_DIR": folder.path + "/run",
            "XDG_DATA_HOME": folder.path + "/data", "DBUS_SESSION_BUS_ADDRESS": "unix:path=\(socket)",
        ]
    }

    /// The session bus's own rules, but nothing that it could start by itself.
    private static func configuration(socket: String) -> String {
        """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>session</type>
          <listen>unix:path=\(socket)</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
          </policy>
        </busconfig>
        """
    }
}
