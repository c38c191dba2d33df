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
FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


def plain(css: str) -> str:
    """The style sheet without font files, images of the crown, or source maps."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', FONTS, css)
    css = re.sub(r"background-image:url\([^)]*crest[^)]*\);?", "", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def unpacked(package: str, folder: Path) -> tarfile.TarFile:
    """The package as its registry serves it, opened."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
    )
    return tarfile.open(folder / packed.stdout.strip())


def main() -> None:
    """Fetch, strip, compare with the list of digests (or write it, with --accept)."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, files in PACKAGES.items():
            with unpacked(package, Path(folder)) as archive:
                for inside, name in files.items():
                    member = archive.extractfile(inside)
                    assert member is not None
                    found[name] = member.read()
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    listed = Path(__file__).with_name("sha256.txt")
    wanted = (
        dict(line.split("  ")[::-1] for line in listed.read_text().splitlines()) if listed.exists() else {}
    )
    if digests != wanted and "--accept" not in sys.argv:
        sys.exit("The files differ from infra/vendor/sha256.txt. Look why, then run again with --accept.")
    listed.write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())))
    for name, content in found.items():
        text = content.decode()
        if name.endswith(".css"):
            text = plain(text)
        (ASSETS / name).write_text(re.sub(r"\n?//# sourceMappingURL=.*", "", text))


if __name__ == "__main__":
    main()
