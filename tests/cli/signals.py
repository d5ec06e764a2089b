#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals that ask a run to end: it ends soon, whatever it waits for, with status 128 + n and the results so far.

signals.py PATH/TO/p9sim
"""
import json, os, signal, subprocess, sys, tempfile, time

P9SIM = os.path.realpath(sys.argv[1])
POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FILES = ("console.log", "config.txt", "stats.txt", "stats.json", "timeline.json", "report.html")
LOOP = bytes.fromhex("48000000")  # b .
# li r3,0; li r4,0; lis r5,1; callthru (print 64 KiB); b to the first: without end
SHOUT = bytes.fromhex("38600000 38800000 3ca00001 000eaeb0 4bfffff0")


def start(arguments, ignored=(), stdout=subprocess.PIPE, **others):
    """p9sim as a shell would start it in the foreground, whatever this test itself ignores; these signals ignored."""

    def prepare():
        for number in POLITE:
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    return subprocess.Popen([P9SIM, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                            preexec_fn=prepare, **others)


def wait_for(what, done, process):
    for _ in range(3000):
        if done():
            return
        if process.poll() is not None:
            sys.exit(f"{what}: p9sim ended with {process.returncode} before that: {process.stderr.read().decode()}")
        time.sleep(0.02)
    process.kill()
    sys.exit(f"{what}: never")


def end(name, process, wanted, seconds=30):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{name}: p9sim does not end")
    said = process.stderr.read().decode()
    if process.returncode != wanted:
        sys.exit(f"{name}: status {process.returncode}, not {wanted}\n{said}")
    return said


def has_results(name, directory, status):
    for file in FILES:
        if not os.path.isfile(f"{directory}/{file}"):
            sys.exit(f"{name}: no {file}")
    run = json.load(open(f"{directory}/stats.json"))["run"]
    if run["exit_status"] != status:
        sys.exit(f"{name}: stats.json says status {run['exit_status']}")


def asked_to_end():
    for number in POLITE:
        name = number.name
        process = start(["bare", "loop.bin", "--out", name])
        wait_for(name, lambda: os.path.exists(f"{name}/console.log"), process)
        process.send_signal(number)
        said = end(name, process, 128 + number)
        if f"stopped: {name}" not in said:
            sys.exit(f"{name}: is not named\n{said}")
        has_results(name, name, 128 + number)


def is_asleep(process):
    """For a tenth of a second, whenever one looks."""
    for _ in range(10):
        with open(f"/proc/{process.pid}/stat") as f:
            if f.read().rpartition(")")[2].split()[0] != "S":
                return False
        time.sleep(0.01)
    return True


def the_reader_stalls():
    """Nobody reads standard output: first a run that writes, then a table at the end of one."""
    for number in POLITE:
        name = f"{number.name} while the reader stalls"
        process = start(["bare", "shout.bin", "--out", "stalled", "--mem", "1M"])
        wait_for(name, lambda: is_asleep(process), process)
        process.send_signal(number)
        end(name, process, 128 + number)
        has_results(name, "stalled", 128 + number)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(4096))
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = start(["bare", "exit.bin", "--dump-regs", "--console", "none", "--quiet"], stdout=writer)
    wait_for("a table without a reader", lambda: is_asleep(process), process)
    process.send_signal(signal.SIGTERM)
    end("a table without a reader", process, 143)
    os.close(reader)
    os.close(writer)


def the_reader_goes():
    process = start(["bare", "shout.bin", "--out", "gone", "--mem", "1M", "--max-insns", "100"])
    process.stdout.close()
    said = end("the reader goes", process, 1)
    if said.count("cannot be written") != 1 or os.path.getsize("gone/console.log") < 1 << 20:
        sys.exit(f"the reader goes: the run does not go on without it\n{said}")


def asked_twice():
    process = start(["bare", "shout.bin", "--mem", "1M"])
    wait_for("asked twice", lambda: is_asleep(process), process)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    end("asked twice", process, -signal.SIGTERM, seconds=1.5)


def what_was_ignored_stays_ignored():
    process = start(["bare", "loop.bin", "--out", "nohup"], ignored=[signal.SIGHUP])
    wait_for("nohup", lambda: os.path.exists("nohup/console.log"), process)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    if process.poll() is not None:
        sys.exit("nohup: SIGHUP ended a run that was to ignore it")
    process.send_signal(signal.SIGTERM)
    end("nohup", process, 143)


def more_than_the_first_run():
    """The runs behind the first one of an experiment are asked as well."""
    process = start(["nested", "--embedded", "--uncertainty", "--console", "none", "--out", "unsure"],
                    stdout=subprocess.DEVNULL)
    line = b""
    while b"more runs" not in line:
        line = process.stderr.readline()
        if not line:
            sys.exit("nested --uncertainty: does not begin")
    process.send_signal(signal.SIGINT)
    said = end("nested --uncertainty", process, 130)
    if "stopped by a signal" not in said:
        sys.exit(f"nested --uncertainty: does not say why it ended\n{said}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for file, code in (("loop.bin", LOOP), ("shout.bin", SHOUT),
                           ("exit.bin", bytes.fromhex("3860001f 38800000 000eaeb0"))):
            with open(file, "wb") as f:
                f.write(code)
        asked_to_end()
        the_reader_stalls()
        the_reader_goes()
        asked_twice()
        what_was_ignored_stays_ignored()
        more_than_the_first_run()
        os.chdir("/")
    print("who is asked to end ends")


main()
