"""Processor time of processes in seconds (user and system), and of a fixed piece of work to compare machines by."""

import os
import time
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
WORDS = [f"word {number} of <many> & more" for number in range(400)]


def of_process(pid: int) -> float:
    """Processor time of a process so far, with all its threads."""
    used = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            used += int(file.read_text().split()[0])
    return used / 1e9


def of_tree(pid: int) -> float:
    """Processor time of a process and its running children so far."""
    return of_process(pid) + sum(of_process(child) for child in children(pid))


def of_postgres(postmaster: int) -> float:
    """Processor time of a PostgreSQL server so far: its processes, and those that have ended."""
    ended = sum(map(int, _status(postmaster)[13:15])) / TICKS
    return ended + of_process(postmaster) + sum(of_process(pid) for pid in children(postmaster))


def children(parent: int) -> list[int]:
    """The child processes of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(_status(int(folder.name))[1]) == parent:
                found.append(int(folder.name))
    return found


def _status(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …; 11 to 14 are the processor times."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def memory(pid: int) -> float:
    """Megabytes of a process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def unit_of_work() -> float:
    """Seconds of processor time that a fixed piece of Python needs now: other load on the machine changes it."""
    began = time.process_time()
    for _ in range(40):
        kept = {word: word.replace("&", "&amp;").replace("<", "&lt;") for word in WORDS}
        "".join(f"<li>{name}: {text}</li>" for name, text in kept.items()).encode()
    return time.process_time() - began
