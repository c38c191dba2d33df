"""Papers as PDF: the one way to make them, by typst from a template and values.

A template begins with `#import "/_layout/paper.typ": paper`, so that all papers look alike.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from alongside.settings import PACKAGE, bundled

MEDIA_TYPE = "application/pdf"
FONTS = PACKAGE / "web" / "fonts"
_PRESS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pdf")
"""Two papers at a time: who makes many keeps the web process answering."""


async def pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """A paper: tagged for screen readers, with the fonts that travel with the product; made off the event loop.

    `template` is a `.typ` below templates/, which reads `values` by `json(bytes(sys.inputs.values))`: what people
    wrote is never part of the source, so it can run nothing. Values are texts, numbers, lists and mappings of them. Ask
    for it in an AfterCommit, so that no connection to the database waits for it. Raises TypstError for a template that
    does not compile.
    """
    return await asyncio.get_running_loop().run_in_executor(_PRESS, _printed, template, json.dumps(values))


def _printed(template: str, values: str) -> bytes:
    """Print as PDF/UA-1; where somebody wrote a character that no font here has, which that forbids, only tagged."""
    import typst  # a tenth of a second at every start, for papers that few ask for

    folder = bundled("templates")

    def made(standard: list[Any]) -> bytes:
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
        return made(["ua-1"])
    except typst.TypstError as problem:
        if "could not be displayed" not in str(problem):
            raise
        return made([])
