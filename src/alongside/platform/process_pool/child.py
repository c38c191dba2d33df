"""A child process of the pool: runs one call after another, with a maximum of memory as its argument.

It has no secret and no database address, runs at low priority (`low_priority`), and ends with its parent.
"""

import ctypes
import importlib
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO, get_type_hints

import msgspec

from alongside.platform.process_pool.frames import LENGTH, Answer, Question, framed, packed

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer questions until the input ends."""
    limit_resources(int(sys.argv[1]))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what a library prints is no answer
    while (question := _read(sys.stdin.buffer)) is not None:
        out.write(framed(answer_to(question)))
        out.flush()


def limit_resources(memory: int) -> None:
    """Limit this process to `memory` bytes of address space, no written files and no core dump; end with the parent."""
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def answer_to(question: Question) -> Answer:
    """Call the function of a question; a ValueError becomes a refusal with a sentence for the user."""
    try:
        function = getattr(importlib.import_module(question.module), question.name)
        hints = get_type_hints(function)
        kinds = tuple(hint for name, hint in hints.items() if name != "return")
        arguments = msgspec.msgpack.decode(question.arguments, type=tuple[kinds])  # type: ignore[valid-type]
        return Answer(packed(function(*arguments)))
    except msgspec.MsgspecError as problem:
        return Answer(failed=f"{type(problem).__name__}: {problem}")
    except ValueError as problem:
        return Answer(refused=str(problem))
    except MemoryError:
        return Answer(failed="MemoryError")
    except Exception as problem:  # noqa: BLE001  (whatever the cause, the pool logs its name)
        return Answer(failed=f"{type(problem).__name__}: {problem}"[:500])


def _read(source: BinaryIO) -> Question | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return msgspec.msgpack.decode(source.read(*LENGTH.unpack(head)), type=Question)


if __name__ == "__main__":
    main()
