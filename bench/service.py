"""The text service as a process: start, memory, imports, throughput.

`python -m bench.service [--turns N] [--threads N]`. Starts `talktrack chat --json` afresh over artefacts
that are built before, and speaks to it line by line. Memory is read from /proc, so Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from bench.table import err, machine, markdown
from bench.workload import customer_lines
from core.settings import Settings
from graph.engines import prepare

ENTRY = ["-c", "from cli.main import run; run()", "chat", "--json"]
HEAVY = ("torch", "gradio", "transformers", "whisperx", "sklearn", "langserve")
"""Packages that are looked for; of these torch and gradio must not be there."""
STARTS = 3

Service = subprocess.Popen[str]


def main(turns: int, threads: int) -> None:
    ready = prepare(Settings(), err.print)
    lines = customer_lines(ready.pack, turns + 1)
    starts = [start_to_first_answer(lines[0]) for _ in range(STARTS)]
    first = [seconds for seconds, _ in starts]
    with service() as process:
        ask(process, lines[0], "first")
        small = memory_mb(process, "VmRSS")
        rate = turns_per_second(process, lines[1:], threads)
        grown, peak = memory_mb(process, "VmRSS"), memory_mb(process, "VmHWM")
    loaded = heavy_imports(lines[0])
    print(f"Text service, embedded tier; {machine()}.\n")
    rows: list[list[str | float]] = [
        [f"start to first answer, median of {STARTS}", f"{statistics.median(first):.2f} s"],
        ["start to first answer, slowest", f"{max(first):.2f} s"],
        ["CPU time to first answer", f"{min(cpu for _, cpu in starts):.2f} s"],
        ["resident memory after the first answer", f"{small:.0f} MB"],
        [f"resident memory after {turns} turns", f"{grown:.0f} MB"],
        ["peak memory", f"{peak:.0f} MB"],
        [f"turns a second over stdin, one process, {threads} talks", f"{rate:.1f}"],
    ]
    rows += [[f"imports {name}", "yes" if name in loaded else "no"] for name in HEAVY]
    print(markdown(["", "measured"], rows))


@contextmanager
def service(*flags: str, log: IO[str] | None = None) -> Iterator[Service]:
    """A fresh process over an empty business store and thread store, ended on the way out.

    Its stderr goes to `log`, else to the screen.
    """
    with TemporaryDirectory(prefix="talktrack-bench-") as home:
        (Path(home) / "built").symlink_to(Settings().built.resolve())
        with subprocess.Popen(
            [sys.executable, *flags, *ENTRY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(home),
            text=True,
            encoding="utf-8",
        ) as process:
            yield process


def environment(home: str) -> dict[str, str]:
    """The settings of this process with another home and the business store in it."""
    kept = {name: value for name, value in os.environ.items() if name != "TALKTRACK_DATABASE_URL"}
    return kept | {"TALKTRACK_HOME": home}


def send(process: Service, text: str, thread: str) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"text": text, "thread": thread}, ensure_ascii=False) + "\n")
    process.stdin.flush()


def receive(process: Service) -> None:
    """Wait for one answer; raises RuntimeError where the service ended or answered with an error."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line or "error" in json.loads(line):
        raise RuntimeError(f"the service did not answer: {line!r}")


def ask(process: Service, text: str, thread: str) -> None:
    send(process, text, thread)
    receive(process)


def start_to_first_answer(text: str) -> tuple[float, float]:
    """Seconds from the start of the process to its first answer: by the clock, and of CPU."""
    begun = time.perf_counter()
    with service() as process:
        ask(process, text, "first")
        return time.perf_counter() - begun, cpu_seconds(process)


def turns_per_second(process: Service, lines: list[str], threads: int) -> float:
    """How many turns a second one process answers, each line sent when the last is answered."""
    begun = time.perf_counter()
    for number, text in enumerate(lines):
        ask(process, text, f"talk-{number % threads}")
    return len(lines) / (time.perf_counter() - begun)


def cpu_seconds(process: Service) -> float:
    """User and system time that the process has used; hardly touched by what else the machine does."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: Service, field: str) -> float:
    """A memory field of /proc/PID/status in MB (1 MB = 1024 kB)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{field}:\s+(\d+) kB", status, re.M)
    assert found is not None
    return int(found[1]) / 1024


def heavy_imports(text: str) -> set[str]:
    """Top-level packages of HEAVY that a process has imported when it has answered, by its import log."""
    with TemporaryFile("w+", encoding="utf-8") as log:
        with service("-X", "importtime", log=log) as process:
            ask(process, text, "first")
        log.seek(0)
        seen = re.findall(r"^import time:[^|]*\|[^|]*\|\s*([\w.]+)", log.read(), re.M)
    return {name for name in HEAVY if any(module.split(".")[0] == name for module in seen)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--threads", type=int, default=20)
    given = parser.parse_args()
    main(given.turns, given.threads)
