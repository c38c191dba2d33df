"""`next=` leads to pages of this host and nowhere else (E13)."""

import pytest

from alongside.features.people.redirects import DESK, same_site

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example",
    " //evil.example", "//evil.example/%2f..", "/.//evil.example", "/..//evil.example", "/a//evil.example",
    "https://evil.example", "http:evil.example", "https:/evil.example", "https:///evil.example", "HTTPS://evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "evil.example", "evil.example/home", "@evil.example", "user@evil.example", ".evil.example", "%2f%2fevil.example",
    "/home\r\nlocation: https://evil.example", "/home\nset-cookie: a=b", "/home\0", "/home#@evil.example",
    "/home\u2028", "/／evil.example", "／／evil.example", "/home?x=\"><script>", "/home<script>", "/home y",
    "", "#", "?next=//evil.example", "/" + "a" * 1001, "/sign-in?next=/sign-in", "/sign-in", "/sign-out", "/signed-out",
    "/not-signed-in/unknown",
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_everything_else_leads_to_the_desk(wanted: str) -> None:
    assert same_site(wanted) == DESK


@pytest.mark.parametrize(
    "wanted",
    [
        "/",
        "/home",
        "/needs/0199-ab",
        "/needs-and-offers?kind=need&theme=maths&q=caf%C3%A9",
        "/needs?page=2",
        "/a/@b:c",
    ],
)
def test_pages_of_ours_are_kept(wanted: str) -> None:
    assert same_site(wanted) == wanted
