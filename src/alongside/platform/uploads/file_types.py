"""The file types that uploads may have: detected from the content, and the file's name must agree."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import puremagic

from alongside.platform.uploads.archives import ZIP, office_kind

LARGEST_DOCUMENT = 5_000_000
LARGEST_PICTURE = 12_000_000
LARGEST_LIST = 20_000_000
"""Maximum bytes of a document, of a picture as uploaded, and of a list to import (about 30,000 long entries)."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A file type: its label, the media type sent to browsers, and the endings that its name may have."""

    label: str
    media_type: str
    endings: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
FILE_TYPES = {
    "pdf": FileType("PDF", "application/pdf", ("pdf",)),
    "docx": FileType("Word document", f"{OFFICE}.wordprocessingml.document", ("docx",)),
    "xlsx": FileType("Excel workbook", f"{OFFICE}.spreadsheetml.sheet", ("xlsx",)),
    "pptx": FileType("PowerPoint presentation", f"{OFFICE}.presentationml.presentation", ("pptx",)),
    "odt": FileType("OpenDocument text", f"{OPEN}.text", ("odt",)),
    "ods": FileType("OpenDocument spreadsheet", f"{OPEN}.spreadsheet", ("ods",)),
    "odp": FileType("OpenDocument presentation", f"{OPEN}.presentation", ("odp",)),
    "csv": FileType("CSV", "text/csv; charset=utf-8", ("csv",)),
    "txt": FileType("plain text", "text/plain; charset=utf-8", ("txt",)),
    "jpg": FileType("JPEG", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "png": FileType("PNG", "image/png", ("png",)),
}
DOCUMENTS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt")
PICTURES = ("jpg", "png")
DOCUMENTS_AND_PICTURES = (*DOCUMENTS, *PICTURES)
ENDS = {"pdf": b"%%EOF", "png": b"IEND\xaeB`\x82", "jpg": b"\xff\xd9"}
"""What the last 2,048 bytes of a complete file hold."""

EMPTY = "The selected file is empty. Choose another file."
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""The first bytes of an Office 97 document, and of an office document with a password."""

OLD_OR_LOCKED = (
    "The selected file has a password or an old format. "
    "Save it as XLSX or DOCX without a password, then upload it again."
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
MARKUP = re.compile(r"<\s*(?:!doctype|html|svg|script|\?xml|body|head|iframe|img)\b", re.IGNORECASE)
NOT_TEXT = ("<", "%PDF", "%!", "{\\rtf", "#!", "MZ\x90")
"""How pages, programs and other documents begin that are valid text too."""

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
NOT_IN_NAMES = re.compile('[\x00-\x1f\x7f-\x9f:*?"<>|]')


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """An accepted file: a safe name with the ending of its type, and the type, a key of FILE_TYPES.

    `cleaned` is the content to keep of a picture, which has no location, camera or names in it.
    """

    name: str
    kind: str
    cleaned: bytes | None = None

    def kept(self, sent: bytes) -> bytes:
        """Return the content to keep of a file that was sent."""
        return sent if self.cleaned is None else self.cleaned

    @property
    def media_type(self) -> str:
        """The media type sent to browsers."""
        return FILE_TYPES[self.kind].media_type


def labels_of(kinds: Iterable[str]) -> str:
    """The labels of file types, for a page or an error."""
    *most, last = (FILE_TYPES[kind].label for kind in kinds)
    return f"{', '.join(most)} or {last}"


def endings_of(kinds: Iterable[str]) -> str:
    """The endings of file types, as an input of a page accepts them."""
    return ",".join(f".{ending}" for kind in kinds for ending in FILE_TYPES[kind].endings)


def too_large(most: int) -> str:
    """The refusal of a file of more than `most` bytes."""
    return (
        f"The selected file must be smaller than {most // 1_000_000} MB. Make it smaller and upload it again."
    )


def check_document(name: str, content: bytes) -> CheckedFile:
    """Return the type of a document by its content. Raises ValueError as `check_file` does."""
    return check_file(name, content, DOCUMENTS)


def check_document_or_picture(name: str, content: bytes) -> CheckedFile:
    """Return the type of a document or picture by its content, and a picture without its metadata.

    Raises ValueError as `check_file` does.
    """
    from alongside.platform.uploads.images import without_metadata  # it imports this module

    known = check_file(name, content, DOCUMENTS_AND_PICTURES)
    if known.kind not in PICTURES:
        return known
    cleaned = without_metadata(content)
    refuse_size(cleaned, LARGEST_DOCUMENT)
    return replace(known, cleaned=cleaned)


def check_file(name: str, content: bytes, accepted: tuple[str, ...]) -> CheckedFile:
    """Return the type of a file by its content.

    Raises ValueError for a file that is empty, too large, damaged, holds a program, is of a type that is not accepted,
    or whose name has the ending of another type. The sentence says what to do.
    """
    refuse_size(content, LARGEST_DOCUMENT)
    kind = file_type_of(content)
    stem, _, ending = re.split(r"[/\\]", name)[-1].rpartition(".")
    if kind == "txt" and ending.lower() == "csv":
        kind = "csv"
    if kind not in accepted:
        raise ValueError(f"The selected file must be a {labels_of(accepted)}.")
    if stem.strip(". ") and ending and ending.lower() not in FILE_TYPES[kind].endings:
        raise ValueError(
            f"The name of the selected file ends in “{ending[:12]}”, but its content is a {FILE_TYPES[kind].label}. "
            "Check the file, and give it the right ending."
        )
    return CheckedFile(safe_name(name, kind), kind)


def refuse_size(content: bytes, most: int) -> None:
    """Raise ValueError for a file that is empty or has more than `most` bytes."""
    if not content:
        raise ValueError(EMPTY)
    if len(content) > most:
        raise ValueError(too_large(most))


def file_type_of(content: bytes) -> str | None:
    """Return the type of a file by its content, a key of FILE_TYPES; None for every other.

    Raises ValueError for an office document that is damaged, too large inside, locked or holds a program.
    """
    if content.startswith(OLD_OFFICE):
        raise ValueError(OLD_OR_LOCKED)
    if content.startswith(ZIP):
        return office_kind(content)
    if is_text(content):
        return "txt"
    try:
        known = {
            match.extension.lstrip(".") for match in puremagic.magic_string(content) if match.offset == 0
        }
    except puremagic.PureError:
        return None
    return next((kind for kind, end in ENDS.items() if kind in known and end in content[-2048:]), None)


def is_text(content: bytes) -> bool:
    """Return whether a file is plain text in UTF-8, and nothing that a browser or an interpreter would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    begins = text.lstrip("\ufeff \t\r\n")
    return not (begins.startswith(NOT_TEXT) or CONTROL.search(text) or MARKUP.search(text))


def safe_name(name: str, kind: str) -> str:
    """A safe file name: no folders, no control or invisible characters, and the ending of its type."""
    last = INVISIBLE.sub("", re.split(r"[/\\]", name)[-1])
    stem, dot, _ = last.rpartition(".")
    plain = " ".join(NOT_IN_NAMES.sub(" ", stem if dot else last).split()).strip(". ")[:100]
    return f"{plain or 'File'}.{FILE_TYPES[kind].endings[0]}"
