"""The file types accepted as attachments, and how each is detected from its content."""

import io
import zipfile
from dataclasses import dataclass

MOST_PARTS = 4_000
"""Most parts an office document may have; more suggest a zip bomb."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A file type: label, extension, and the media type sent to browsers."""

    label: str
    ending: str
    media_type: str


OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": FileType("PDF", "pdf", "application/pdf"),
    "png": FileType("PNG picture", "png", "image/png"),
    "jpeg": FileType("JPEG picture", "jpg", "image/jpeg"),
    "docx": FileType("Word document", "docx", f"{OFFICE}.wordprocessingml.document"),
    "xlsx": FileType("Excel workbook", "xlsx", f"{OFFICE}.spreadsheetml.sheet"),
    "text": FileType("Plain text", "txt", "text/plain; charset=utf-8"),
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def kind_of(content: bytes) -> str | None:
    """Detect the type from the content; None if it is not accepted (documents with macros, for example)."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        return "png"
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return "text" if _is_text(content) else None


def _office_kind(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
    except zipfile.BadZipFile:
        return None
    if len(names) > MOST_PARTS or "[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names):
        return None
    return next((kind for kind, part in MAIN_PARTS.items() if part in names), None)


def _is_text(content: bytes) -> bool:
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begins in (b"<", b"%", b"") or b"\0" in content:  # HTML, an image or a PDF can be valid text too
        return False
    try:
        words = content.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\ufeff" for character in words)
