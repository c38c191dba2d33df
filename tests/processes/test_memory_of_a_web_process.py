"""What a web process loads only once it is needed."""

import json
import subprocess
import sys

LATER = (
    "PIL", "alembic", "authlib", "cryptography", "highspy", "httpx2", "icalendar", "joserfc", "numpy", "ortools",
    "python_calamine", "scipy", "typst", "xlsxwriter",
)  # fmt: skip
"""Libraries of sign-in with a provider, calendar feeds, pictures, workbooks, PDFs, plans and the sentence model."""

CODE = "import json, sys, alongside.app; alongside.app.page_routes(); print(json.dumps(sorted(sys.modules)))"


def test_a_web_process_starts_without_libraries_that_few_requests_need() -> None:
    """Each takes megabytes of every process; the target of one is 130 MB."""
    said = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    assert sorted(set(json.loads(said)) & set(LATER)) == []
