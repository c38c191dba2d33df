"""Brings the browser's parts into the package: govuk-frontend and htmx, compiled, checked, without crown or GDS fonts.

Run by `make vendor`. The result is committed, so that nothing but Python is needed to install the product.
Guidance: a service that is not on GOV.UK uses the design system without its branding, logos and fonts.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "src" / "alongside" / "platform" / "web" / "assets"
LISTED = Path(__file__).with_name("sha256.txt")

PACKAGES = {
    "govuk-frontend@6.6.0": {
        "package/dist/govuk/govuk-frontend.min.css": "govuk-frontend.css",
        "package/dist/govuk/govuk-frontend.min.js": "govuk-frontend.js",
    },
    "htmx.org@4.0.1": {
        "package/dist/htmx.min.js": "htmx.js",
        "package/LICENSE": "htmx.LICENCE.txt",
    },
}
FONTS = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif'
)

LEFT_OUT = (
    "accordion",
    "accordion-nav",
    "breadcrumbs",
    "cookie-banner",
    "exit-this-page",
    "exit-this-page-hide-content",
    "exit-this-page-overlay",
    "feedback",
    "file-upload-button",
    "generic-header",
    "header",
    "language-navigation",
    "panel",
    "password-input",
    "phase-banner",
    "service-navigation",
    "summary-card",
    "tabs",
    "task-list",
)
"""Components that no page uses: a third of the style sheet. tests/structure/test_classes.py names what a page lacks."""

LEFT_OUT_CLASS = re.compile(rf"\.govuk-(?:{'|'.join(LEFT_OUT)})(?:__|--(?=[a-z])|(?![\w-]))")


def plain(css: str) -> str:
    """The style sheet without font files, pictures of crown and crest, or source maps."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', FONTS, css)
    css = re.sub(r"[a-z-]+:url\([^)]*\)[^;}]*;?", "", css)
    return needed(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css))


def needed(css: str) -> str:
    """The rules of a minified style sheet without the selectors of the components that are left out."""
    kept, at = [], 0
    while (opened := css.find("{", at)) >= 0:
        end = closing(css, opened)
        head, body = css[at:opened], css[opened + 1 : end]
        if head.startswith("@"):
            nested = "{" in body
            body = needed(body) if nested and not head.startswith("@keyframes") else body
            kept.append(f"{head}{{{body}}}" if body else "")
        else:
            selectors = [one for one in head.split(",") if ":not(" in one or not LEFT_OUT_CLASS.search(one)]
            kept.append(f"{','.join(selectors)}{{{body}}}" if selectors else "")
        at = end + 1
    return "".join(kept) + css[at:]


def closing(css: str, opened: int) -> int:
    """The place of the brace that closes the one at `opened`."""
    depth = 0
    for place in range(opened, len(css)):
        depth += {"{": 1, "}": -1}.get(css[place], 0)
        if not depth:
            return place
    raise ValueError("a brace is not closed")


def made(name: str, content: bytes) -> bytes:
    """A file as the product keeps it."""
    text = content.decode()
    if name.endswith(".css"):
        text = plain(text)
        left = re.search(r"url\(|GDS Transport|@font-face", text)
        if left:
            sys.exit(f"{name} still holds “{left[0]}”: look what is new in it.")
    return re.sub(r"\n?//# sourceMappingURL=.*", "", text).encode()


def fetched() -> dict[str, bytes]:
    """The files as their registry serves them."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, files in PACKAGES.items():
            packed = subprocess.run(
                ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
            )
            with tarfile.open(Path(folder) / packed.stdout.strip()) as archive:
                for inside, name in files.items():
                    member = archive.extractfile(inside)
                    assert member is not None
                    found[name] = member.read()
    return found


def main() -> None:
    """Fetch, strip, compare with the list of digests (or write it, with --accept)."""
    found = fetched()
    kept = {name: made(name, content) for name, content in found.items()}
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  fetched {name}" for name, content in sorted(found.items())
    ]
    lines += [f"{hashlib.sha256(content).hexdigest()}  kept {name}" for name, content in sorted(kept.items())]
    if (not LISTED.exists() or lines != LISTED.read_text().splitlines()) and "--accept" not in sys.argv:
        sys.exit("The files differ from infra/vendor/sha256.txt. Look why, then run again with --accept.")
    LISTED.write_text("\n".join(lines) + "\n")
    for name, content in kept.items():
        (ASSETS / name).write_bytes(content)
    write_version(kept["govuk-frontend.js"])


def write_version(content: bytes) -> None:
    """Name the library's content where our script imports it: assets are kept for a year under their address."""
    script = ASSETS / "alongside.js"
    imported = f"./govuk-frontend.js?v={hashlib.sha256(content).hexdigest()[:10]}"
    script.write_text(re.sub(r"\./govuk-frontend\.js(\?v=[0-9a-f]*)?", imported, script.read_text()))


if __name__ == "__main__":
    main()
