#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folded stacks hold every cycle once: their sums are what the counters say, by account too.

The embedded experiment runs a host and guests, with names, and walks that wait.
usage: folded.py PATH/TO/p9sim
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

P9SIM = os.path.realpath(sys.argv[1])
failed = 0


def check(holds, text):
    global failed
    if not holds:
        print("FAILED:", text)
        failed += 1


def p9sim(*words):
    return subprocess.run([P9SIM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)


def stacks_of(path):
    """Cycles by (level, LPID, state), and all symbols."""
    sums, symbols = collections.Counter(), set()
    lines = pathlib.Path(path).read_text().splitlines()
    check(lines == sorted(lines, key=lambda line: line.rsplit(" ", 1)[0]), f"{path}: lines are in order")
    check(len({line.rsplit(" ", 1)[0] for line in lines}) == len(lines), f"{path}: each stack has one line")
    for line in lines:
        match = re.fullmatch(r"level (\d+);LPID (\d+)[^;]*;(\w+);([^;]+) (\d+)", line)
        check(match, f"{path}: a stack of level, partition, state and symbol: {line}")
        if match:
            sums[int(match[1]), int(match[2]), match[3]] += int(match[5])
            symbols.add(match[4])
    return sums, symbols


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        embedded = ["nested", "--embedded", "--quiet", "--console", "none", "--model", "core", "--max-insns", "8M"]
        run = p9sim(*embedded, "--out", "out", "--folded", "stacks", "--konata", "log@4M,4001000")
        check(run.returncode == 4, run.stderr)
        accounts = json.loads(pathlib.Path("out/stats.json").read_text())["accounts"]
        cycles, symbols = stacks_of("stacks")
        walks, of_walks = stacks_of("stacks.walks")
        busy, exposed = collections.Counter(), collections.Counter()
        for a in accounts:
            who, c = (a["level"], a["lpid"], a["state"]), a["counters"]
            busy[who] += c["cycles"] - c["idle_cycles"]
            exposed[who] += c["walk_exposed"]
        check(+cycles == +busy, f"cycles of the stacks are the busy cycles of the accounts: {cycles} {busy}")
        check(+walks == +exposed, f"exposed walks of the stacks are those of the accounts: {walks} {exposed}")
        check(len(cycles) > 2 and sum(walks.values()), "a host and guests, and walks that were waited for")
        check("chase" in symbols and of_walks <= symbols, "symbols have their names, the same in both files")
        check(pathlib.Path("log").read_text().count("\nR\t") == 1000, "and a log of the pipeline beside it")

        again = p9sim(*embedded, "--out", "again")
        check(again.returncode == 4, again.stderr)
        same = [json.loads(pathlib.Path(f"{d}/stats.json").read_text())["total"] for d in ("out", "again")]
        check(same[0] == same[1], "a run is the same with and without")

        pathlib.Path("exit.bin").write_bytes(bytes.fromhex("3860001f38800000000eaeb0"))
        for phrase, words in (
            ("only --model core", ["--folded", "x"]),
            ("/nowhere/x", ["--model", "core", "--folded", "/nowhere/x"]),
        ):
            run = p9sim("bare", "--quiet", "exit.bin", *words)
            check(run.returncode == 1 and phrase in run.stderr and run.stderr.count("\n") == 1, f"{words}: {run.stderr}")
    return 1 if failed else 0


sys.exit(main())
