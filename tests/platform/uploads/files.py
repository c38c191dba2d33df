"""Files for tests of uploads: honest ones of each type, and hostile ones."""

from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from alongside.platform.web.spreadsheet import as_xlsx

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00This program cannot be run in DOS mode" * 4
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 60
TYPES = "[Content_Types].xml"


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of these parts."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(parts: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word document with more parts."""
    return packed({TYPES: b"<Types/>", "word/document.xml": b"<document/>"} | dict(parts or {}))


def workbook() -> bytes:
    """Return a workbook as Excel saves it."""
    return as_xlsx("Books", ["title"], [["Reading"]])


def with_part(document: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with one more part."""
    out = BytesIO(document)
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def open_document() -> bytes:
    """Return an OpenDocument text."""
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})


def image(form: str) -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (8, 6)).save(out, form)
    return out.getvalue()


def lying() -> bytes:
    """Return an archive that declares one part of 5,000,000 bytes as one of 100 bytes."""
    honest = word({"word/media/a.bin": b"\0" * 5_000_000})
    return honest.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a 50 MB archive of zeros": lambda: packed({"a": b"\0" * 50_000_000}),
    "a Word document with 50 MB of zeros": lambda: word({"word/media/a.bin": b"\0" * 50_000_000}),
    "50 parts of zeros, each below the limit": lambda: word(
        {f"word/{number}.bin": b"\0" * 999_000 for number in range(50)}
    ),
    "an archive that lies about a size": lying,
    "thousands of parts": lambda: word({f"{number}.xml": b"<a/>" for number in range(2_100)}),
    "a Word document with a program": lambda: word({"word/setup.exe": PROGRAM}),
    "a program under the name of a picture": lambda: word({"word/media/image1.png": PROGRAM}),
    "an ELF program in a workbook": lambda: with_part(workbook(), "xl/media/image1.png", ELF),
    "a script in a workbook": lambda: with_part(workbook(), "xl/run.ps1", b"Get-Process"),
    "macros": lambda: word({"word/vbaProject.bin": b"x"}),
    "macros in a workbook": lambda: with_part(workbook(), "xl/vbaProject.bin", b"x"),
    "an embedded object": lambda: word({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0x"}),
    "an archive in a document": lambda: word({"word/b.bin": packed({"a": b"a"})}),
    "a program in a workbook in a document": lambda: word(
        {"word/embeddings/a.xlsx": with_part(workbook(), "xl/media/a.png", PROGRAM)}
    ),
    "a part that climbs out": lambda: word({"../../evil.txt": b"x"}),
    "an archive": lambda: packed({"a.txt": b"a"}),
    "a torn archive": lambda: workbook()[:300],
    "an archive without an end": lambda: b"PK\x03\x04 not a zip",
    "a program": lambda: PROGRAM,
    "an ELF program": lambda: ELF,
    "an old Word document": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
}
"""Files that no upload of the product accepts, whatever it is for."""
