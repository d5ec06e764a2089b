#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""At a terminal: it is raw while the guest runs and as before afterwards, however the run ends.

terminal.py PATH/TO/p9sim
"""
import os, pty, resource, select, signal, sys, tempfile, termios, time

LOOP = bytes.fromhex("48000000")  # b .


def run(p9sim, program, act):
    """Start p9sim on a new terminal, act(master, pid), return (status, what it printed, terminal restored)."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # whatever this test itself ignores
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for fd in range(3):
            os.dup2(slave, fd)
        os.execv(p9sim, [p9sim, "bare", program])
    for _ in range(500):  # until it is raw
        if not termios.tcgetattr(slave)[3] & termios.ICANON:
            break
        time.sleep(0.01)
    else:
        sys.exit("the terminal never became raw")
    act(master, pid)
    text, status = b"", None
    for _ in range(500):
        if select.select([master], [], [], 0.02)[0]:
            text += os.read(master, 4096)
        done, value = os.waitpid(pid, os.WNOHANG)
        if done:
            status = value
            break
    else:
        os.kill(pid, signal.SIGKILL)
        sys.exit("p9sim does not end")
    return status, text, termios.tcgetattr(slave) == before


def main():
    p9sim = os.path.realpath(sys.argv[1])
    with tempfile.NamedTemporaryFile() as program:
        program.write(LOOP)
        program.flush()
        cases = {
            "Ctrl-A x": lambda master, pid: os.write(master, b"\x01x"),
            "SIGINT": lambda master, pid: os.kill(pid, signal.SIGINT),
            "SIGTERM": lambda master, pid: os.kill(pid, signal.SIGTERM),
            "SIGHUP": lambda master, pid: os.kill(pid, signal.SIGHUP),
            "SIGSEGV": lambda master, pid: os.kill(pid, signal.SIGSEGV),
            "SIGXCPU": lambda master, pid: os.kill(pid, signal.SIGXCPU),
            "help, then Ctrl-A x": lambda master, pid: os.write(master, b"\x01h\x01x"),
        }
        statuses = {name: 128 + signal.Signals[name] << 8 for name in ("SIGINT", "SIGTERM", "SIGHUP")}  # as waitpid has it
        statuses.update({name: signal.Signals[name] for name in ("SIGSEGV", "SIGXCPU")})
        for name, act in cases.items():
            status, text, restored = run(p9sim, program.name, act)
            if not restored:
                sys.exit(f"{name}: the terminal is not as it was")
            if status != statuses.get(name, 0):
                sys.exit(f"{name}: status {status}\n{text.decode(errors='replace')}")
            if "help" in name and b"end the run" not in text:
                sys.exit(f"{name}: no help was printed")
    print("the terminal is given back")


main()
