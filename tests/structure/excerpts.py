"""Draws code for a reader with fresh eyes: `python -m tests.structure.excerpts SEED` prints twenty functions without
their paths, then the answers.

A reader names the folder in which each belongs and says what it does. Names that mislead show in the misses.
"""

import ast
import random
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "alongside"
SHORTEST, LONGEST = 8, 30
COUNT = 20


def folder_of(path: Path) -> str:
    """Return the folder that a reader has to name: a feature, or a part of the platform."""
    parts = path.relative_to(SOURCE).parts
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def functions() -> list[tuple[str, str, str]]:
    """Return folder, name and text of every function of a readable length."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                code = ast.get_source_segment(text, node) or ""
                if SHORTEST <= len(code.splitlines()) <= LONGEST:
                    found.append((folder_of(path), f"{path.relative_to(SOURCE)}: {node.name}", code))
    return found


def main() -> None:
    """Print the excerpts, then the answers."""
    every = functions()
    drawn = random.Random(sys.argv[1] if len(sys.argv) > 1 else "1").sample(every, COUNT)
    print("Folders:", ", ".join(sorted({folder for folder, _, _ in every})), "\n")
    for number, (_, _, code) in enumerate(drawn, 1):
        print(f"--- {number}\n{code}\n")
    print("=== Answers")
    for number, (folder, where, _) in enumerate(drawn, 1):
        print(number, folder, where)


if __name__ == "__main__":
    main()
