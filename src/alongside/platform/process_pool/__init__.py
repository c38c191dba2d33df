"""Runs expensive work in a few child processes, with limits for each person and authority: `ProcessPool.run`.

Work that parses uploaded files (pictures, spreadsheets) or takes more than a fraction of a second runs here, before a
transaction opens (`prepare` of `page.post`) or after it has ended (`ContinueAfterCommit`), so that it never holds a
database connection. The children know no secret and no database address, and each may use `MEMORY` bytes.
"""

from alongside.platform.process_pool.pool import MEMORY, ProcessPool, TooExpensive
from alongside.platform.process_pool.quotas import Quotas

__all__ = ["MEMORY", "ProcessPool", "Quotas", "TooExpensive"]
