"""A pseudo-terminal with a program in it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time


def from_a_terminal():
    """In a child: signals as a shell on a terminal hands them on, whatever the runner's own parent ignores."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):  # the C library's own
            pass
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def set_width(descriptor, width):
    """Before a program runs that could ask for it."""
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))


class Terminal:
    def __init__(self, arguments, environment, folder, width=80):
        self.seen = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            set_width(0, width)
            os.chdir(folder)
            from_a_terminal()
            os.execvpe(arguments[0], arguments, environment)
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def read(self, seconds):
        """Takes what comes within `seconds`; whether anything did."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the last process closed the other side
            return False
        self.seen += data
        return bool(data)

    def expect(self, text, seconds=300):
        """Waits for `text` after what was expected before; returns everything up to its end."""
        wanted = text.encode() if isinstance(text, str) else text
        end = time.monotonic() + seconds
        while wanted not in self.seen:
            if time.monotonic() > end:
                raise AssertionError(f"waited for {text!r}, saw {self.seen[-600:]!r}")
            if not self.read(0.5) and self.has_ended():
                self.read(0.1)
                assert wanted in self.seen, f"the program ended before {text!r}: {self.seen[-600:]!r}"
        at = self.seen.index(wanted) + len(wanted)
        taken, self.seen = self.seen[:at], self.seen[at:]
        return taken

    def type(self, text):
        os.write(self.master, text.encode() if isinstance(text, str) else text)

    def has_ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def finish(self, seconds=300):
        """Waits for the end; returns what came since, and the exit status as a shell counts it."""
        end = time.monotonic() + seconds
        while not self.has_ended():
            self.read(0.05)
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"it did not end: {self.seen[-600:]!r}")
        while self.read(0.05):
            pass
        status = os.waitstatus_to_exitcode(self.status)
        return self.seen, status if status >= 0 else 128 - status

    @property
    def echoes(self):
        """Whether the terminal shows what is typed."""
        modes = termios.tcgetattr(self.master)[3]
        return bool(modes & termios.ECHO) and bool(modes & termios.ICANON)

    @property
    def makes_signals(self):
        """Whether Ctrl-C is a signal of the terminal, and not a byte for whoever reads it."""
        return bool(termios.tcgetattr(self.master)[3] & termios.ISIG)

    def close(self):
        os.close(self.master)


class Job(Terminal):
    """A program below a session leader that stays, so that it can be stopped: `job` is its process id."""

    def __init__(self, arguments, environment, folder, width=80):
        self.seen, self.status = b"", None
        reading, writing = os.pipe()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.close(reading)
            set_width(0, width)
            self.lead(arguments, environment, folder, writing)
        os.close(writing)
        self.job = int(os.read(reading, 16))
        os.close(reading)

    @staticmethod
    def lead(arguments, environment, folder, writing):
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.chdir(folder)
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            from_a_terminal()
            os.execvpe(arguments[0], arguments, environment)
        os.write(writing, str(child).encode())
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)

    def make_echo(self):
        modes = termios.tcgetattr(self.master)
        modes[3] |= termios.ECHO | termios.ICANON
        termios.tcsetattr(self.master, termios.TCSANOW, modes)


def as_text(data):
    """Output as lines; the terminal's own CR LF made LF again."""
    return data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


def without_dots_erased(text):
    return re.sub(r"·\x08 \x08", "", text)
