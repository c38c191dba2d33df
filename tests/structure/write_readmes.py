"""Updates the generated parts of the READMEs: `python -m tests.structure.write_readmes`."""

import re

from alongside.platform.workflow import WORKFLOWS, diagram
from tests.structure.test_readmes import SOURCE, matrix


def main() -> None:
    """Replace the text between the markers."""
    parts = {f"diagram: {subject}": diagram(flow) for subject, flow in WORKFLOWS.items()} | {
        "matrix": matrix()
    }
    for path in SOURCE.rglob("README.md"):
        text = path.read_text()
        for name, made in parts.items():
            before, after = rf"(?<=<!-- {name} -->\n)", r"(?=\n<!-- end [a-z ]+-->)"
            text = re.sub(f"{before}.*?{after}", made.replace("\\", r"\\"), text, flags=re.DOTALL)
        path.write_text(text)


if __name__ == "__main__":
    main()
