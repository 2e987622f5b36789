#!/usr/bin/env python3
"""Times `sockscope explain` and its peers on the same captures, in turns: medians of wall time, peak memory, and ratios.

Usage: side_by_side.py DIR [BEFORE], with big-bulk.pcap and big-mix.pcap in it, and another binary to hold ours against; ROUNDS in the
environment. tshark runs once. Where valgrind is installed, instructions are counted, too: they are the same on a busy machine."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FIELDS = "frame.number tcp.stream tcp.seq tcp.ack tcp.len tcp.window_size tcp.analysis.flags tcp.completeness".split()
TSHARK = ["tshark", "-n", "-T", "fields"] + [word for field in FIELDS for word in ("-e", field)] + ["-r"]
OURS = "target/release/sockscope"
READERS = {
    "cat": ["cat"],
    "sockscope explain": [OURS, "explain"],
    "sockscope --format json": [OURS, "explain", "--format", "json"],
    "capinfos -Mc": ["capinfos", "-Mc"],
    "tcptrace -n": ["tcptrace", "-n"],
    "tcpdump -nr": ["tcpdump", "-nr"],
    "tshark, fields": TSHARK,
}
ONCE = {"tcpdump -nr", "tshark, fields"}
BEFORE = "before: explain"
# Of each capture so much is read to count instructions.
COUNTED = 60 << 20
if len(sys.argv) > 2:
    READERS[BEFORE] = [sys.argv[2], "explain"]


def run(words):
    """Seconds, and peak memory in MiB."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.execvp(words[0], words)
    _, status, usage = os.wait4(child, 0)
    took = time.monotonic() - began
    if status != 0:
        sys.exit(f"{' '.join(words)} failed")
    return took, usage.ru_maxrss / 1024


def instructions(words, path):
    """How many a program needs for the beginning of a capture."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as part:
        with open(path, "rb") as whole:
            part.write(whole.read(COUNTED))
        part.flush()
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        said = subprocess.run([*valgrind, *words, part.name], capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", said.stderr)[1])


def held_against(path, middle):
    """Ours beside what was before."""
    ours, before = ("sockscope explain", BEFORE)
    print(f"beside what was before: {middle[ours] / middle[before]:.3f} x its time; goal: at most 1.02")
    if shutil.which("valgrind"):
        now, then = (instructions(READERS[reader], path) for reader in (ours, before))
        print(f"instructions for the first {COUNTED >> 20} MiB: {now:,}, before {then:,}: {now / then:.3f} x")


def main():
    rounds = int(os.environ.get("ROUNDS", "5"))
    for name in ("big-bulk", "big-mix"):
        path = os.path.join(sys.argv[1], name + ".pcap")
        seen = {}
        for round in range(rounds):
            for reader, words in READERS.items():
                if not shutil.which(words[0]):
                    if round == 0:
                        print(f"{words[0]} is not installed: left out")
                elif round == 0 or reader not in ONCE:
                    seen.setdefault(reader, []).append(run(words + [path]))
        middle = {reader: statistics.median(took for took, _ in runs) for reader, runs in seen.items()}
        print(f"-- {name}.pcap, {os.path.getsize(path) >> 20} MiB: median of {rounds} (tcpdump, tshark: once)")
        for reader, runs in seen.items():
            took = middle[reader]
            print(
                f"{reader:<26} {took:8.3f} s  {max(kib for _, kib in runs):7.1f} MiB"
                f"   {took / middle['cat']:8.2f} x cat   {took / middle['sockscope explain']:8.2f} x sockscope explain"
            )
        ours = middle["sockscope explain"]
        if name == "big-bulk":
            print(f"goal: at most 1.5 x cat; {ours / middle['cat']:.2f} here")
        elif "tcptrace -n" in middle:
            print(f"goal: at least 6 x ahead of tcptrace; {middle['tcptrace -n'] / ours:.2f} here")
        if BEFORE in middle:
            held_against(path, middle)
        if "tshark, fields" in middle:
            ahead = middle["tshark, fields"] / middle["sockscope --format json"]
            print(f"goal: --format json at least 40 x ahead of tshark's fields; {ahead:.1f} here")


main()
