"""Creates PDFs with typst from a template and values.

A template begins with `#import "/_layout/paper.typ": paper`, so that all PDFs look alike.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from alongside.settings import PACKAGE, bundled

MEDIA_TYPE = "application/pdf"
FONTS = PACKAGE / "web" / "fonts"
_PRESS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pdf")
"""Two PDFs at a time, so that the web process still answers."""


async def pdf(template: str, values: Mapping[str, object]) -> bytes:
    """Return a PDF, tagged for screen readers and with embedded fonts; created off the event loop.

    `template` is a `.typ` below templates/, which reads `values` by `json(bytes(sys.inputs.values))`: what people wrote
    is never part of the source, so it cannot run code. Values are texts, numbers, lists and mappings of them. Call it
    in a ContinueAfterCommit, so that it holds no database connection. Raises TypstError for a template that does not
    compile.
    """
    return await asyncio.get_running_loop().run_in_executor(_PRESS, _printed, template, json.dumps(values))


def _printed(template: str, values: str) -> bytes:
    """Create PDF/UA-1, or only tagged PDF if a character is missing from the fonts, which PDF/UA-1 does not allow."""
    import typst  # takes 0.1 seconds, so it is not imported at every start

    folder = bundled("templates")

    def made(standard: Literal["ua-1"] | None) -> bytes:
        paper = typst.compile(
            folder / template,
            root=folder,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"values": values},
            format="pdf",
            pdf_standards=standard,
        )
        assert isinstance(paper, bytes)
        return paper

    try:
        return made("ua-1")
    except typst.TypstError as problem:
        if "could not be displayed" not in str(problem):
            raise
        return made(None)
