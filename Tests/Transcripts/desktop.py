"""A desktop session as far as Kist meets one: a message bus with a real gnome-keyring on it."""

import os
import subprocess
import time

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={place}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """Its variables are in `environment`; `user` runs it as another user than the tests."""

    def __init__(self, home, user=None):
        self.place = os.path.join(home.path, "desktop")
        self.user = user
        for name in ("", "data", "home"):
            self.folder(os.path.join(self.place, name))
        with open(os.path.join(self.place, "bus.conf"), "w") as file:
            file.write(CONFIGURATION.format(place=self.place))
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.place}/bus"}
        self.variables = {
            **self.environment, "PATH": "/usr/bin:/bin", "HOME": f"{self.place}/home", "XDG_DATA_HOME": f"{self.place}/data",
            "XDG_RUNTIME_DIR": home.environment["XDG_RUNTIME_DIR"], "LANG": "C.UTF-8",
        }
        self.running = [self.start(["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={self.place}/bus.conf"])]
        self.wait(lambda: os.path.exists(f"{self.place}/bus"), "dbus-daemon")
        daemon = self.start(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"], subprocess.PIPE)
        daemon.stdin.write(b"\n")
        daemon.stdin.close()
        self.running.append(daemon)
        self.wait(lambda: self.tool("store", "--label=ready", "ready", "1", given=b"yes") == 0, "gnome-keyring")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
            process.wait()

    def folder(self, path):
        os.mkdir(path, 0o700)
        if self.user:
            os.chown(path, self.user, self.user)

    @property
    def identity(self):
        return {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}

    def start(self, command, given=subprocess.DEVNULL):
        return subprocess.Popen(
            command, env=self.variables, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity)

    def tool(self, *arguments, given=b""):
        return subprocess.run(
            ["secret-tool", *arguments], env=self.variables, input=given, capture_output=True, **self.identity).returncode

    def lookup(self, *attributes):
        return subprocess.run(
            ["secret-tool", "lookup", *attributes], env=self.variables, capture_output=True, **self.identity).stdout

    def lock(self):
        subprocess.run(
            ["dbus-send", f"--bus=unix:path={self.place}/bus", "--print-reply", "--dest=org.freedesktop.secrets",
             "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
             "array:objpath:/org/freedesktop/secrets/aliases/default"],
            env=self.variables, check=True, capture_output=True, **self.identity)

    @staticmethod
    def wait(condition, what):
        end = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < end, f"{what} did not start"
            time.sleep(0.02)
