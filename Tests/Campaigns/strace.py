"""Which system calls an operation makes, and a death, an error or a refusal at any one of them."""

import collections
import re
import time

# Waiting and talking: their numbers differ from run to run, and nothing is changed by them.
NOISE = {
    "epoll_wait", "epoll_pwait", "ppoll", "poll", "futex", "restart_syscall", "clock_gettime", "clock_nanosleep",
    "sched_yield", "rt_sigreturn", "exit", "exit_group", "timerfd_settime", "gettid", "getpid", "rseq",
    "set_robust_list", "madvise",
}  # fmt: skip
LINE = re.compile(r"^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*)$")


def wrapper(log, *expressions):
    return ["strace", "-f", "-qq", "-ttt", "-s", "96", "-o", str(log), *expressions, "--"]


def at(call, number, what, log="/dev/null"):
    """strace that does `what` (`signal=KILL`, `error=EIO`) at the `number`th `call` of a thread (`3+`: from then on)."""
    return ["strace", "-f", "-qq", "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={number}", "-o", str(log), "--"]


def points(world, saved, prepare, operate):
    """Every (call, number) that the agent's main thread makes during `operate`, in the order of their coming."""
    world.lay(saved)
    log = world.folder / "trace"
    world.start(*wrapper(log))
    talk = prepare(world)
    begin = time.time()
    operate(world, talk)
    end = time.time()
    world.kill()
    return listed(log, lambda call, when: begin <= when <= end)


def client_points(world, saved, prepare, operate):
    """The same of the command line, from its connection to the agent on."""
    world.lay(saved)
    log = world.folder / "trace"
    world.start()
    talk = prepare(world)
    world.client_wrapper = wrapper(log)
    operate(world, talk)
    world.client_wrapper = []
    world.kill()
    connected = []

    def counts(call, when):
        if call == "connect":
            connected.append(when)
        return connected

    return listed(log, counts)


def listed(log, belongs):
    counts, found, main = collections.Counter(), [], None
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        thread, when, call = match.group(1), float(match.group(2)), match.group(3)
        main = main or thread
        if thread != main:
            continue
        counts[call] += 1
        if belongs(call, when) and call not in NOISE:
            found.append((call, counts[call]))
    return found
