#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pipeline log is one that Konata can read, and says what happened.

The reader below knows the format Kanata 0004 and refuses whatever does not follow it: time that goes back, an
instruction that is named before it began, a stage that ends without having begun.  The program is a loop of a load, an
add that waits for it, and a divide that waits for nothing; behind it lies a word that is no instruction, which is
fetched before the machine has stopped.
usage: konata.py PATH/TO/p9sim
"""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

P9SIM = os.path.realpath(sys.argv[1])
STAGES = "FDXC"
TURNS = 100
SETUP = [0x3D200001, 0x38600000 | TURNS, 0x7C6903A6]  # lis r9,1; li r3,TURNS; mtctr r3
LOOP = [0xE8A90000, 0x7CC52A14, 0x7D074BD2, 0x4200FFF4]  # ld r5,0(r9); add r6,r5,r5; divd r8,r7,r9; bdnz
END = [0x3860001F, 0x38800000, 0x000EAEB0]  # li r3,31; li r4,0; callthru
INSNS = len(SETUP) + TURNS * len(LOOP) + len(END)
failed = 0


def check(holds, text):
    global failed
    if not holds:
        print("FAILED:", text)
        failed += 1


class Insn:
    def __init__(self, number, thread, begins):
        self.number, self.thread, self.begins = number, thread, begins
        self.text, self.stage, self.retired, self.ends, self.kind = "", [], None, None, None


def read(path):
    """Every instruction of a log by its number in the file."""
    lines = path.read_text().splitlines()
    assert lines[0] == "Kanata\t0004", lines[0]
    assert lines[1].startswith("C=\t"), lines[1]
    now, insns = int(lines[1].split("\t")[1]), {}
    for line in lines[2:]:
        what, *words = line.split("\t")
        if what == "C":
            assert int(words[0]) > 0, line
            now += int(words[0])
            continue
        n = int(words[0])
        if what == "I":
            assert n == len(insns), f"{line}: numbers of the file go up by one"
            insns[n] = Insn(int(words[1]), int(words[2]), now)
            continue
        insn = insns[n]
        assert insn.retired is None, f"{line}: it has retired"
        if what == "L":
            insn.text = words[2]
        elif what == "S":
            assert words[1] == "0" and (not insn.stage or insn.stage[-1][2] is not None), f"{line}: two stages at once"
            insn.stage.append([words[2], now, None])
        elif what == "E":
            assert insn.stage[-1][0] == words[2] and insn.stage[-1][2] is None, line
            insn.stage[-1][2] = now
        elif what == "R":
            insn.retired, insn.ends, insn.kind = int(words[1]), now, int(words[2])
        else:
            raise AssertionError(line)
    return insns


def p9sim(*words):
    return subprocess.run([P9SIM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def log_of(name, window):
    run = p9sim("bare", "--quiet", "program.bin", "--model", "core", "--konata", f"{name}@{window}")
    assert run.returncode == 0, run.stderr
    return read(pathlib.Path(name)), run.stderr


def look_at(insns):
    """What holds of every log of one thread."""
    for n, i in insns.items():
        who = f"{n} ({i.text})"
        check(i.retired is not None, f"{who} retires")
        check([s[0] for s in i.stage] == list(STAGES), f"{who} goes through every stage, in order: {i.stage}")
        check(all(s[1] <= s[2] for s in i.stage), f"{who}: stages do not go back: {i.stage}")
        check(i.stage and i.stage[0][1] == i.begins and i.stage[-1][2] == i.ends, f"{who}: begins and ends with them")
        check(i.stage[1][1] - i.begins >= 9, f"{who}: front_cycles lie before dispatch")
        check(i.stage[2][1] > i.stage[1][1], f"{who}: issue is later than dispatch")
    in_order = [insns[n] for n in sorted(insns)]
    for elder, younger in zip(in_order, in_order[1:]):
        check(younger.number == elder.number + 1, "instructions are numbered in order of the program")
        check(younger.retired == elder.retired + 1, f"{younger.text} retires next")
        for k in (0, 1):
            check(younger.stage[k][1] >= elder.stage[k][1], f"{younger.text}: {STAGES[k]} is in order")
        check(younger.ends >= elder.ends, f"{younger.text}: completion is in order")


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        words = SETUP + LOOP + END
        pathlib.Path("program.bin").write_bytes(b"".join(struct.pack(">I", w) for w in words))

        insns, _ = log_of("all", "0,1000000")
        look_at(insns)
        check(len(insns) == INSNS, f"{len(insns)} instructions, not {INSNS}")
        kinds = [insns[n].kind for n in sorted(insns)]
        check(kinds == [0] * INSNS, "all retire")
        loop = [i.text.split(": ")[1].split()[0] for n, i in sorted(insns.items()) if 3 <= n < 7]
        check(loop == ["ld", "add", "divd", "bdnz"], f"the loop reads {loop}")
        loads = [i for i in insns.values() if ": ld " in i.text][-10:]
        adds = [i for i in insns.values() if ": add " in i.text][-10:]
        divides = [i for i in insns.values() if ": divd " in i.text][-10:]
        for load, add, divide in zip(loads, adds, divides):
            check(add.stage[2][1] >= load.stage[3][1], "the add is issued when the load has finished")
            check(load.stage[3][1] - load.stage[2][1] == 4, "a load from the L1D takes four cycles")
            check(divide.stage[3][1] > divide.stage[2][1] + 8, "a divide is long")

        some, _ = log_of("some", "11,23")
        look_at(some)
        check([some[n].number for n in sorted(some)] == list(range(11, 23)), "the window holds instructions 11 to 22")
        for n in some:
            same = insns[n + 11]
            check(some[n].text == same.text and some[n].stage == same.stage, "a window shows what the whole log shows")
        by_address, _ = log_of("by_address", "pc=0xc#3,pc=0xc#4")
        check(len(by_address) == len(LOOP), "a window of one turn, by its address")
        check(by_address[0].text.endswith("ld      r5,0(r9)"), by_address[0].text)

        never, said = log_of("never", "900000,1000000")
        check(not never and "never came" in said, "a window that never came is empty, and said to be")
        for status, phrase, words in (
            (1, "only --model core has a pipeline", ["--konata", "x@0,1"]),
            (1, "write FILE@FROM,TO", ["--model", "core", "--konata", "x@5"]),
            (1, "write FILE@WHEN", ["--model", "core", "--konata", "x,5"]),
            (1, "no number", ["--model", "core", "--konata", "x@5,pid=y"]),
            (1, "/nowhere/x", ["--model", "core", "--konata", "/nowhere/x@5,6"]),
        ):
            run = p9sim("bare", "--quiet", "program.bin", *words)
            check(run.returncode == status and phrase in run.stderr and run.stderr.count("\n") == 1,
                  f"{words}: {run.returncode} {run.stderr}")
    return 1 if failed else 0


sys.exit(main())
