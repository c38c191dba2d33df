"""Checks of ZIP archives (office documents and workbooks) before and while they are unpacked."""

import re
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import puremagic

MOST_UNPACKED = 60_000_000
"""Maximum bytes of all parts together: a workbook of five thousand rows of our longest texts needs a third of it."""

MOST_PARTS = 2_000
MOST_TIMES = 100
"""Maximum ratio of unpacked to packed size above A_SMALL_PART; sheets full of text reach 20."""

A_SMALL_PART = 1_000_000
ZIP = b"PK\x03\x04"
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
DAMAGED = "The selected file is damaged and cannot be opened. Save it again and upload it again."
TOO_LARGE_INSIDE = (
    "The selected file is too large when it is unpacked."
    " Save it with fewer pages, rows or pictures, then upload it again."
)
LOCKED = "The selected file has a password or an unusual format. Save it again without a password."
HOLDS_A_PROGRAM = (
    "The selected file contains macros or another program. Save it without them, for example as a PDF."
)
PROGRAM_PARTS = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|oleobject|^basic/|^scripts/"
    r"|\.(exe|dll|com|scr|pif|msi|bat|cmd|ps1|psm1|vb[se]?|jse?|ws[fh]|hta|html?|jar|class|lnk|reg|sh|py|php|app|apk)$",
    re.IGNORECASE,
)
"""Names of parts that hold macros, embedded objects or programs."""

PROGRAM_TYPES = re.compile(r"executable|mach-o|bytecode|shortcut|archive|installer|script", re.IGNORECASE)
"""What puremagic calls programs, and archives in which one may hide."""

UNREADABLE = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    UnicodeDecodeError,
)


def checked_parts(archive: ZipFile) -> list[ZipInfo]:
    """Return the parts of an archive whose declared sizes are within the limits. Raises ValueError.

    Nothing is unpacked for it. A part that is larger than declared fails its checksum when it is read.
    """
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or len({part.filename.lower() for part in parts}) < len(parts):
        raise ValueError(
            "The selected file has too many or repeated parts inside. Save it again and upload it again."
        )
    for part in parts:
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
            raise ValueError(LOCKED)
        if ".." in part.filename.split("/") or part.filename.startswith(("/", "\\")):
            raise ValueError(DAMAGED)
        _refuse_ratio(part.file_size, part.compress_size)
    unpacked = sum(part.file_size for part in parts)
    _refuse_ratio(unpacked, sum(part.compress_size for part in parts))
    if unpacked > MOST_UNPACKED:
        raise ValueError(TOO_LARGE_INSIDE)
    return parts


def office_kind(content: bytes, *, embedded: bool = False) -> str | None:
    """Return the type of an office document by its parts, None for any other archive.

    Raises ValueError for one that is too large inside, damaged, or holds macros or a program; a document embedded in
    another is checked too, and may not hold a third.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = checked_parts(archive)
            names = {part.filename for part in parts}
            kind = next((kind for part, kind in OFFICE.items() if part in names), None)
            if kind is None or "[Content_Types].xml" not in names:
                declared = archive.read("mimetype").decode("ascii") if "mimetype" in names else ""
                kind = OPEN_DOCUMENT.get(declared)
            for part in parts:
                _refuse_program(part.filename, archive.read(part), embedded=embedded)
    except UNREADABLE as problem:
        raise ValueError(DAMAGED) from problem
    return kind


def _refuse_program(name: str, content: bytes, *, embedded: bool) -> None:
    """Raise ValueError for a part that holds macros, a program, or an archive that is no office document."""
    if PROGRAM_PARTS.search(name) or (name == "[Content_Types].xml" and b"macroEnabled" in content):
        raise ValueError(HOLDS_A_PROGRAM)
    if not content or content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<":
        return
    if content.startswith(ZIP):
        if embedded or office_kind(content, embedded=True) is None:
            raise ValueError(HOLDS_A_PROGRAM)
        return
    try:
        matches = puremagic.magic_string(content)
    except puremagic.PureError:
        return
    if any(match.offset == 0 and PROGRAM_TYPES.search(match.name) for match in matches):
        raise ValueError(HOLDS_A_PROGRAM)


def _refuse_ratio(unpacked: int, packed: int) -> None:
    if unpacked > A_SMALL_PART and unpacked > MOST_TIMES * max(1, packed):
        raise ValueError(TOO_LARGE_INSIDE)
