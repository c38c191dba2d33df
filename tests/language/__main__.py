"""Writes every string of the product to one file, by place: `python -m tests.language strings.txt`."""

import sys
from itertools import groupby
from pathlib import Path

from tests.language.own_text import all_text, words_in


def main() -> None:
    """Write the file that is named, and print how much it holds."""
    texts = all_text()
    lines = [
        f"## {place}\n" + "\n".join(f"- {text.words}" for text in found) + "\n"
        for place, found in groupby(texts, lambda text: text.place)
    ]
    Path(sys.argv[1]).write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(texts):,} strings, {sum(words_in(text.words) for text in texts):,} words")


if __name__ == "__main__":
    main()
