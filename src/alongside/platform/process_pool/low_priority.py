"""Runs a module at low priority: `python -P low_priority.py MODULE [ARGUMENT …]`.

The priority is lowered before anything is imported: importing the solver or an image library takes most of a second
of the processor. This file imports only the standard library and is run by its path.
"""

import os
import runpy
import sys
from contextlib import suppress

NICENESS = 15
"""So that the web process and PostgreSQL get the processor first."""


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module of the product at low priority."""
    return (sys.executable, "-P", __file__, module, *arguments)


if __name__ == "__main__":
    with suppress(OSError):
        os.nice(NICENESS)
    del sys.argv[0]
    sys.path.insert(0, "")  # as `python -m` does
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
