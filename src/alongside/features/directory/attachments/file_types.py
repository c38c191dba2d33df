"""File type detection by content, not by name: only documents, spreadsheets and the like are accepted."""

import re
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

LARGEST_SENT = 5_000_000
"""Largest accepted attachment, in bytes."""

MOST_UNPACKED = 60_000_000
MOST_PARTS = 2_000
MOST_SQUEEZED = 150
"""Limits for a ZIP-based file: unpacked bytes, number of parts, compression ratio. A file above them is a zip bomb."""

SEND_INSTEAD = "Send a PDF, Word, Excel, PowerPoint, OpenDocument, CSV or plain text file"

OFFICE = {
    "word/document.xml": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/presentation.xml": (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
}
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
LOOKS_LIKE_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|svg|script|\?xml|body|head|iframe|img)\b", re.IGNORECASE
)
UNSEEN = re.compile('[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff/\\\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class DetectedFile:
    """An accepted file: its detected type, and a name with the matching ending."""

    filename: str
    media_type: str


def detect_file_type(filename: str, sent: bytes) -> DetectedFile:
    """Detect the type of a file by its content.

    Raises ValueError for a file that is too large or of a type that is not accepted; the message says what to do.
    """
    if not sent:
        raise ValueError("The file is empty. Choose another")
    if len(sent) > LARGEST_SENT:
        raise ValueError(
            f"The file is larger than {LARGEST_SENT // 1_000_000} MB. Make it smaller and send it again"
        )
    ending, media_type = _kind(filename, sent)
    return DetectedFile(_name(filename, ending), media_type)


def _kind(filename: str, sent: bytes) -> tuple[str, str]:
    if sent.startswith(b"%PDF-"):
        return "pdf", "application/pdf"
    if sent.startswith(b"PK\x03\x04"):
        return _packed_kind(sent)
    try:
        text = sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(SEND_INSTEAD) from None
    if re.search("[\x00-\x08\x0e-\x1f]", text) or LOOKS_LIKE_MARKUP.search(text):
        raise ValueError(SEND_INSTEAD)
    if filename.lower().endswith(".csv"):
        return "csv", "text/csv"
    return "txt", "text/plain"


def _packed_kind(sent: bytes) -> tuple[str, str]:
    try:
        with ZipFile(BytesIO(sent)) as packed:
            _refuse_bomb(packed)
            names = {one.filename for one in packed.infolist()}
            if any("vbaproject" in name.lower() for name in names):
                raise ValueError("This document holds macros. Save it without them and send it again")
            for part, kind in OFFICE.items():
                if part in names and "[Content_Types].xml" in names:
                    return kind
            if "mimetype" in names:
                media_type = packed.read("mimetype").decode("ascii", "replace")
                if media_type in OPEN_DOCUMENT:
                    return OPEN_DOCUMENT[media_type], media_type
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        pass
    raise ValueError(SEND_INSTEAD)


def _refuse_bomb(packed: ZipFile) -> None:
    """Refuse a zip bomb by its list of parts alone; nothing is unpacked to check it."""
    parts = packed.infolist()
    unpacked = sum(one.file_size for one in parts)
    squeezed = max(1, sum(one.compress_size for one in parts))
    inside = [one.filename for one in parts if one.filename.lower().endswith((".zip", ".rar", ".7z", ".gz"))]
    odd = [
        one.filename
        for one in parts
        if ".." in one.filename.split("/") or one.filename.startswith(("/", "\\"))
    ]
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or unpacked / squeezed > MOST_SQUEEZED
        or inside
        or odd
    ):
        raise ValueError("This file would grow beyond measure when opened. Save it anew and send it again")


def _name(filename: str, ending: str) -> str:
    """A safe file name: no folders, no control or bidirectional characters, and the ending of the detected type."""
    last = re.split(r"[/\\]", filename)[-1]
    stem = UNSEEN.sub("", last).rpartition(".")[0] or UNSEEN.sub("", last)
    stem = " ".join(stem.split()).strip(". ")[:100] or "File"
    return f"{stem}.{ending}"
