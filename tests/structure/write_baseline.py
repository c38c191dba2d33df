"""Writes the baseline migration's SQL from the models: `python -m tests.structure.write_baseline`.

For use until the first installation in production; after that each change of the models is a revision of its own.
"""

from pathlib import Path

from alongside.models_registry import full_schema

BASELINE = Path(__file__).parents[2] / "migrations" / "versions" / "0001_baseline.sql"


def script() -> str:
    """Return all statements of the schema as one SQL script, each ended by a semicolon."""
    return "\n\n".join(f"{one.strip().rstrip(';')};" for one in full_schema()) + "\n"


if __name__ == "__main__":
    BASELINE.write_text(script(), encoding="utf-8")
