#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a run says and hears while it lasts: typed input that comes from pipes, SIGUSR1, progress, `p9sim status`, a panic.

alive.py PATH/TO/p9sim
"""
import json, os, pty, select, signal, struct, subprocess, sys, tempfile, time
import fcntl, termios

P9SIM = os.path.realpath(sys.argv[1])
AT_10 = "00000000" * 4
LPC_IO = "3ce00006 60e70300 78e707c6 64e7d001"  # r7: LPC IO in real addresses
OFF = "3860001f 38800000 000eaeb0"  # callthru: exit with 0
SPIN = "48000000"
# 1: lbzcix r10,r7,r8 (LSR); andi. r11,r10,1; beq 1b; lbzcix r10,r7,r9; stbcix r10,r7,r9; cmpwi r10,10; bne 1b
ECHO = AT_10 + LPC_IO + "390003fd 392003f8 7d4746aa 714b0001 4182fff8 7d474eaa 7d474faa 2c0a000a 4082ffe8" + OFF
RESULTS = ("console.log", "config.txt", "stats.txt", "timeline.json", "report.html")


def prints(text):
    """Words that print it on the serial port: li r10,c; stbcix r10,r7,r9 for each character."""
    return AT_10 + LPC_IO + "392003f8" + "".join(f"{0x39400000 | c:08x}7d474faa" for c in text.encode())


def write(name, words):
    with open(name, "wb") as f:
        f.write(bytes.fromhex(words))


def must(what, true, detail=""):
    if not true:
        sys.exit(f"{what}\n{detail}")


def run(*arguments, status=0, **others):
    others.setdefault("stdin", subprocess.DEVNULL)
    if "input" in others:
        del others["stdin"]
    p = subprocess.run([P9SIM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **others)
    must(f"{' '.join(arguments)}: status {p.returncode}, not {status}", p.returncode == status, p.stderr.decode())
    return p.stdout.decode(), p.stderr.decode()


def start(*arguments, **others):
    return subprocess.Popen([P9SIM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, **others)


def wait_for(what, done):
    for _ in range(3000):
        if done():
            return
        time.sleep(0.02)
    sys.exit(f"{what}: never")


def same(what, one, other):
    for name in RESULTS:
        with open(f"{one}/{name}", "rb") as a, open(f"{other}/{name}", "rb") as b:
            must(f"{what}: {name} differs", a.read() == b.read())


def input_is_typed():
    echo = ["run", "--bios", "echo.bin", "--max-insns", "2000M"]
    must("a pipe", run(*echo, input=b"typed\n")[0] == "typed\n")
    must("-", run(*echo, "--input", "-", input=b"dash\n")[0] == "dash\n")
    with open("line", "wb") as f:
        f.write(b"from a file\n")
    with open("line") as f:
        must("a file", run(*echo, stdin=f)[0] == "from a file\n")
    bash = f"{P9SIM} {' '.join(echo)} --quiet --input <(echo substituted)"
    said = subprocess.run(["bash", "-c", bash], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120).stdout
    must("process substitution", said == b"substituted\n", said)
    late = f"(sleep 0.5; echo late) | {P9SIM} {' '.join(echo)} --quiet"
    said = subprocess.run(["bash", "-c", late], stdout=subprocess.PIPE, timeout=120).stdout
    must("a slow pipe", said == b"late\n", said)
    long = b"x" * 200000 + b"\n"
    must("a long one", run(*echo, "--set", "quantum_cycles=500", input=long)[0].encode() == long)


def its_end_ends_nothing():
    for name, others in (("nothing", {}), ("no newline", {"input": b"abc"}),
                         ("closed", {"stdin": None, "preexec_fn": lambda: os.close(0)})):
        said = run("run", "--bios", "echo.bin", "--max-insns", "1M", status=4, **others)[1]
        must(f"input that ends, {name}", "a limit was reached" in said, said)
    # Who asks for no console is not read from: the next one gets it.
    both = f"{P9SIM} run --bios echo.bin --console none --quiet --max-insns 1M; cat"
    said = subprocess.run(["bash", "-c", both], input=b"left", stdout=subprocess.PIPE, timeout=120).stdout
    must("input is taken that nobody wanted", said == b"left", said)


def such_runs_repeat():
    for out in ("first", "second"):
        run("run", "--bios", "echo.bin", "--out", out, input=b"the same\n")
    same("a pipe that is typed", "first", "second")


def results_so_far():
    options = ["loop.bin", "--model", "core", "--max-insns", "8M"]
    run("bare", *options, "--trace", "undisturbed.qt", "--out", "undisturbed", status=4)
    process = start("bare", *options, "--trace", "disturbed.qt", "--out", "disturbed")
    for _ in range(3):
        wait_for("a run", lambda: os.path.exists("disturbed/progress.json") or process.poll() is not None)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
    said = process.stderr.read().decode()
    must("SIGUSR1 ends a run", process.wait(120) == 4, said)
    same("SIGUSR1 changes the results", "undisturbed", "disturbed")
    with open("undisturbed.qt", "rb") as a, open("disturbed.qt", "rb") as b:
        must("SIGUSR1 changes the trace", a.read() == b.read())

    process = start("bare", "loop.bin", "--out", "asked")
    wait_for("a run", lambda: os.path.exists("asked/progress.json"))
    process.send_signal(signal.SIGUSR1)
    line = process.stderr.readline().decode()
    must("SIGUSR1 is not answered", "SIGUSR1: results so far (" in line and line.endswith(" in asked\n"), line)
    for name in RESULTS:
        must(f"SIGUSR1: no {name}", os.path.exists(f"asked/{name}"))
    with open("asked/stats.json") as f:
        stats = json.load(f)
    must("SIGUSR1: stats.json does not say what it is", "so far" in stats["run"]["end"])
    must("SIGUSR1: sums do not hold", stats["invariants"]["failed"] == [])
    process.send_signal(signal.SIGTERM)
    must("SIGTERM behind SIGUSR1", process.wait(30) == 143)
    with open("asked/stats.json") as f:
        must("the last results are not those of the end", "SIGTERM" in json.load(f)["run"]["end"])


def wait_until_it_is_caught(process):
    """Until the process has a handler for SIGUSR1, or is over."""

    def caught():
        with open(f"/proc/{process.pid}/status") as f:
            masks = [line.split()[1] for line in f if line.startswith("SigCgt:")]
        return process.poll() is not None or (masks and int(masks[0], 16) >> (signal.SIGUSR1 - 1) & 1)

    wait_for("a handler of SIGUSR1", caught)


def asked_at_any_time():
    """From the moment in which main() begins: before the run, at its end, and without a place for results."""
    for k in range(20):
        process = start("bare", "off.bin", "--quiet", "--out", "early")
        wait_until_it_is_caught(process)
        time.sleep(0.001 * k)
        process.send_signal(signal.SIGUSR1)
        must("SIGUSR1 kills", process.wait(30) == 0, process.returncode)
    process = start("bare", "loop.bin")
    wait_until_it_is_caught(process)
    process.send_signal(signal.SIGUSR1)
    line = process.stderr.readline()
    must("SIGUSR1 without --out", b"there is no --out" in line and process.poll() is None, line)
    process.kill()
    process.wait()


def a_tower_so_far():
    os.makedirs("images", exist_ok=True)
    text = b"p9sim: level 0 up\n\n\n"  # a multiple of four bytes
    text += b"\n" * (-len(text) % 4)
    code = bytes.fromhex(AT_10) + struct.pack(">I", 0x48000005 + len(text)) + text
    code += struct.pack(">IIII", 0x7C8802A6, 0x38600000, 0x38A00000 + len(text), 0x000EAEB0) + bytes.fromhex(SPIN)
    with open("tower.bin", "wb") as f:
        f.write(code)
    with open("ramdisk", "wb") as f:
        f.write(b"an initramfs")
    kernel = struct.pack(">16sHHIQQQIHHHHHH", b"\x7fELF\2\2\1", 2, 21, 1, 0x1000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    kernel += struct.pack(">IIQQQQQQ", 1, 5, 0x78, 0, 0x1000, 4, 4, 0x1000) + bytes.fromhex(SPIN)
    with open("vmlinux", "wb") as f:
        f.write(kernel)
    options = ["nested", "--depth", "0", "--bios", "tower.bin", "--kernel", "vmlinux", "--initrd", "ramdisk", "--console",
               "none", "--max-insns", "100M"]
    run(*options, "--out", "tower.1", status=4)
    process = start(*options, "--out", "tower.2", "--progress")
    wait_for("a tower", lambda: os.path.exists("tower.2/progress.json"))
    process.send_signal(signal.SIGUSR1)
    said = process.stderr.read().decode()
    must("a tower so far", process.wait(60) == 4 and "SIGUSR1: results so far" in said, said)
    for name in ("nested.txt", "nested.csv", "nested.json", "stats.txt"):
        with open(f"tower.1/{name}", "rb") as a, open(f"tower.2/{name}", "rb") as b:
            must(f"a tower that was asked: {name} differs", a.read() == b.read())


def plain_lines():
    process = start("bare", "loop.bin", "--progress", "--max-seconds", "1000")
    began = time.monotonic()
    line = process.stderr.readline()
    process.kill()
    must("lines of progress come too often", time.monotonic() - began > 4)
    must("a line of progress", line.startswith(b"p9sim: 0 %, ") and b" s left: " in line and b" MIPS, L0" in line, line)
    must("a line of progress is not plain", b"\r" not in line and b"\033" not in line, line)
    process.wait()
    said = run("bare", "loop.bin", "--progress", "--quiet", "--max-insns", "1M", "--out", "silent", status=4)[1]
    must("--quiet is not quiet", said == "", said)


def a_line_on_a_terminal():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    process = subprocess.Popen([P9SIM, "bare", "loop.bin", "--console", "none"], stdin=subprocess.DEVNULL, stderr=slave,
                               stdout=subprocess.DEVNULL)
    text, until = b"", time.monotonic() + 30
    while text.count(b"MIPS") + text.count(b"instr") < 2 and time.monotonic() < until:
        if select.select([master], [], [], 0.2)[0]:
            text += os.read(master, 4096)
    process.kill()
    process.wait()
    lines = [part for part in text.replace(b"\033[K", b"").split(b"\r") if b"instr" in part]
    must("a terminal shows no progress", len(lines) >= 2, text)
    must("progress begins another line", all(len(part) < 40 and b"\n" not in part for part in lines), text)


def status_is_told():
    process = start("bare", "loop.bin", "--out", "running", "--progress-file", "far.json", "--max-seconds", "1000")
    wait_for("progress", lambda: os.path.exists("running/progress.json") and os.path.exists("far.json"))
    for place in ("running", "far.json"):
        said = run("status", place)[0]
        must(f"status of {place}", f"{place}: running, process {process.pid}\n" in said, said)
    wait_for("a percentage", lambda: "% of its limit" in run("status", "running")[0])
    with open("running/progress.json") as f:
        now = json.load(f)
    must("progress.json", now["state"] == "running" and now["instructions"] > 0 and now["mips"] > 0, now)
    process.kill()
    process.wait()
    for place in ("running", "far.json"):
        said = run("status", place, status=1)[0]
        must(f"status of {place}", f"process {process.pid} died before its end" in said, said)
    run("bare", "off.bin", "--out", "running", "--progress-file", "far.json")
    for place in ("running", "far.json"):
        said = run("status", place)[0]
        must(f"status of {place}", said == f"{place}: finished: the guest powered off (exit status 0)\n", said)
    must("progress.json is no result", not os.path.exists("running/progress.json"))


def status_of_nothing():
    os.mkdir("empty")
    for place, why in (("empty", "no run"), ("nowhere", "No such file"), ("loop.bin", "no run")):
        said = run("status", place, status=1)[1]
        must(f"status {place}", why in said and said.count("\n") == 1, said)
    for k, text in enumerate(('{\n  "state": "running",\n  "pid": -1,\n', '{\n  "state": "\\', '{\n  "state": null,\n  "pid": 1\n')):
        with open(f"foreign{k}", "w") as f:
            f.write(text)
        run("status", f"foreign{k}", status=1)
    for place, why in (("/dev/null", "not a plain file"), ("/nonexistent/far", "No such file")):
        said = run("bare", "off.bin", "--progress-file", place, status=1)[1]
        must(f"--progress-file {place}", why in said and said.count("\n") == 1, said)


def a_panic_ends_the_run():
    slow = ["--set", "core_mhz=512", "--model", "none", "--console", "none"]
    said = run("run", "--bios", "panic.bin", *slow, status=3)[1]
    must("a panic", said.startswith("p9sim: the guest died: Kernel panic - not syncing: a test after "), said)
    must("registers of a panic", said.count("\n") == 1, said)
    run("run", "--bios", "panic.bin", *slow, "--max-seconds", "0.3", "--panic", "go-on", status=4)
    run("run", "--bios", "panic.bin", *slow, "--panic", "perhaps", status=1)


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        write("echo.bin", ECHO)
        write("loop.bin", SPIN)
        write("off.bin", OFF)
        write("panic.bin", prints("[1.0] Kernel panic - not syncing: a test\n") + SPIN)
        for case in (input_is_typed, its_end_ends_nothing, such_runs_repeat, results_so_far, asked_at_any_time,
                     a_tower_so_far, plain_lines, a_line_on_a_terminal, status_is_told, status_of_nothing,
                     a_panic_ends_the_run):
            began = time.monotonic()
            case()
            print(f"{case.__name__.replace('_', ' ')}: {time.monotonic() - began:.1f} s")
        os.chdir("/")


main()
