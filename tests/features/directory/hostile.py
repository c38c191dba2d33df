"""Thousands of hostile Markdown documents: each payload in each syntax that a parser might let through."""

from tests.browser.test_policy import FIRST, PAYLOADS, RUN

DRESSES = (
    "{}",
    "**{}**",
    "*{}*",
    "> {}",
    ">>> {}",
    "- {}",
    "1. {}",
    "- a\n  - {}",
    "# {}",
    "###### {}",
    "`{}`",
    "``` {}\ncode\n```",
    "```\n{}\n```",
    "    {}",
    "[{}](https://fine.example)",
    "[look]({})",
    "[look](<{}>)",
    '[look](https://fine.example "{}")',
    "![{}](https://evil.example/pixel.png)",
    "![look]({})",
    "<{}>",
    "[look][id]\n\n[id]: {}",
    "[id]: https://fine.example '{}'",
    "| a | b |\n|---|---|\n| {} | x |",
    "Term\n: {}",
    "{}\n===",
    "text\\\n{}",
    "&#60;{}&#62;",
    "[^1]\n\n[^1]: {}",
    "~~{}~~",
    "***{}***",
    "> - {}",
    "\\{}",
    "<details>{}</details>",
    "<b>{}",
    "[a]({} 'b')",
    "[a](https://fine.example/{})",
)
LINKS = (
    "javascript:window.ran=1",
    "JaVaScRiPt:window.ran=1",
    "java\tscript:window.ran=1",
    "javascript&colon;window.ran=1",
    "&#106;avascript:window.ran=1",
    "&#x6A;&#x61;vascript:window.ran=1",
    "\x01javascript:window.ran=1",
    " javascript:window.ran=1",
    "javascript://fine.example/%0Awindow.ran=1",
    "data:text/html,<script>window.ran=1</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
    "about:blank",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/sign-out",
    "/directory/new?x=1",
    "?next=https://evil.example",
    "#main-content",
    "ftp://evil.example/x",
    "tel:+441942000000",
    "https://user:pass@evil.example/",
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "mailto:a@evil.example?bcc=b@evil.example",
    'https://evil.example/"onclick="window.ran=1',
    "https://evil.example/' onclick='window.ran=1",
    "https://evil.example/`onclick=window.ran=1",
)
WAYS_TO_LINK = (
    "[look]({})",
    "[look](<{}>)",
    "![look]({})",
    "[![look]({})](https://fine.example)",
    "<{}>",
    "[look]\n\n[look]: {}",
    "[look]: <{}>\n\n[look]",
    '<a href="{}">look</a>',
    "<a href={}>look</a>",
    '<img src="{}">',
)
ODD = (
    "[" * 200 + "x" + "](https://fine.example)" * 3,
    "> " * 300 + "deep",
    "- " * 200 + "deep",
    "<!-- " + RUN + " -->",
    "<?php " + FIRST + " ?>",
    "<![CDATA[" + RUN + "]]>",
    "<div\n\n" + RUN + "\n\n>",
    "&lt;script&gt;" + FIRST + "&lt;/script&gt;",
    "\u202e[look](https://evil.example)\u202c",
    "a\u2028<script>" + FIRST + "</script>",
)


def documents() -> list[str]:
    """All documents, each at least one paragraph."""
    dressed = [dress.replace("{}", text) for text in PAYLOADS for dress in DRESSES]
    linked = [way.replace("{}", link) for link in LINKS for way in WAYS_TO_LINK]
    return [one.replace("\x01", "\u0001") for one in (*dressed, *linked, *ODD)]


def dealt(most: int) -> list[str]:
    """The documents joined into texts of at most `most` characters, with paragraphs between."""
    texts, kept = [], ""
    for one in documents():
        if kept and len(kept) + len(one) + 2 > most:
            texts.append(kept)
            kept = ""
        kept = f"{kept}\n\n{one}".strip("\n")
    return [*texts, kept]
