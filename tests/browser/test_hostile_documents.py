"""Thousands of hostile documents in every text field of an entry: shown in Chromium, and none runs, loads or leaks."""

from typing import Any

from playwright.async_api import Browser

from alongside.features.directory.forms import CONTACT
from tests.browser.server import Served
from tests.browser.session import visiting
from tests.client import Client
from tests.features.directory.form_values import verified_entry
from tests.features.directory.hostile import dealt, documents
from tests.features.directory.stored_rows import asked
from tests.features.directory.test_pictures_and_files import picture, send
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH
from tests.sampling import sampled

LONG = ("problem", "context", "what_we_did", "evidence", "what_to_avoid", "what_you_need")
A_TEXT = 7000
"""Characters of a long field that are filled: less than it holds, so that ticks and refusals stay out of the way."""

LOOKED_AT: dict[str, Any] = {"checked_no_pupil": "y", "checked_not_safeguarding": "y"}
MADE_BY_A_TEXT = (
    "main img:not([src^='/directory/']):not([src^='/good-practice/']), main iframe, main script, main style,"
    " main object, main base, main embed, main video, main form[action^='http'], main [onerror], main [onload],"
    " .alongside-prose [hx-get], .alongside-prose details, main input[autofocus]"
)
BAD_LINKS = """
() => [...document.querySelectorAll('.alongside-prose a')].filter((one) =>
  !/^(https?|mailto):/.test(one.href) || one.rel !== 'nofollow noopener noreferrer').map((one) => one.outerHTML)
"""


async def entries(client: Client) -> list[str]:
    """Public, verified entries that hold all documents between them, and short ones in every short field."""
    texts, short = dealt(A_TEXT), [one for one in documents() if len(one) <= 110 and "\n" not in one]
    made = []
    for number in range(0, len(texts), len(LONG)):
        kept: dict[str, Any] = dict(zip(LONG, texts[number : number + len(LONG)], strict=False))
        few = short[number * 7 : number * 7 + 3] or short[:3]
        kept |= {"title": few[0], "staff_time": few[-1], "who_to_ask": few[-1]}
        shown = "authority" if CONTACT.search(" ".join(kept.values())) else "public"
        where = await verified_entry(client, visibility=shown, **kept, **LOOKED_AT)
        said = {"worked": "partly", "notes": texts[number][:1900]}
        assert (await client.post(f"{where}/use", said, as_=HEAD_OF_PARK)).status_code == 303
        made.append(where)
    sent = await send(client, made[0], "pictures", "<img src=x>.jpg", picture(), alternative_text=short[0])
    assert sent.status_code == 303
    assert (await send(client, made[0], "attachments", "<b>.txt", b"words")).status_code == 303
    return made


async def test_none_of_thousands_runs_loads_or_leaks(app_context: Served, chromium: Browser) -> None:
    """Without the policy, since it must not be what saves us; some pages with it, under which nothing may even try."""
    assert len(documents()) > 2000
    made = await entries(Client(app_context.app))
    changed = [f"{made[0]}/{noun}" for noun in ("edit", "versions", "attachments", "archive")]
    open_to_all = await asked(app_context.copy, "SELECT id FROM public_entry")
    public = [f"/good-practice/{one['id']}" for one in open_to_all]
    assert len(public) > len(made) / 2
    lists = ["/directory/entries", "/directory", f"/directory/schools/{HEAD_OF_MILL.school_urn}"]
    seen_by: list[tuple[Any, list[str]]] = [
        (HEAD_OF_MILL, [*made, *changed, *lists, "/notifications"]),
        (LEAD_OF_NORTH, [made[-1], f"{made[0]}/verification", f"{made[0]}/versions", *lists]),
        (HEAD_OF_PARK, [made[0], f"{made[0]}/use", f"{made[1]}/check", *lists]),
        (None, [*public, "/good-practice"]),
    ]
    read = ""
    for bypassed in (False, True):
        for one, every in seen_by:
            paths = every if bypassed else sampled(every, 1 / 3, f"documents under the policy for {one}")
            async with visiting(chromium, app_context, one, bypass_csp=bypassed) as visitor:
                for path in paths:
                    assert await visitor.goes(path) == 200, path
                    await visitor.page.mouse.move(300, 400)
                    assert await visitor.page.evaluate("window.ran") is None, path
                    assert await visitor.page.locator(MADE_BY_A_TEXT).count() == 0, path
                    assert await visitor.page.evaluate(BAD_LINKS) == [], path
                    assert "evil.example" not in visitor.page.url
                    read += await visitor.reads()
                assert visitor.wrong == []
    assert read.count("https://evil.example/?") > 500, "the documents are not there, so nothing is proven"
