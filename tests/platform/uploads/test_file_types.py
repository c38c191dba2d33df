"""A file's type is detected from its content, its name must agree, and programs and archive bombs are refused."""

from io import BytesIO
from time import monotonic

import pytest
from PIL import Image

from alongside.platform.uploads.file_types import (
    LARGEST_DOCUMENT,
    check_document,
    check_document_or_picture,
    file_type_of,
    safe_name,
)
from tests.features.directory.test_pictures_and_files import SECRET, picture
from tests.platform.uploads.files import HOSTILE, image, open_document, packed, with_part, word, workbook

PDF = b"%PDF-1.7\nhello\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (image("PNG"), "png"),
        (image("JPEG"), "jpg"),
        (b"\xff\xd8\xff\xe0....\xff\xd9", "jpg"),
        (word(), "docx"),
        (word({"word/embeddings/chart.xlsx": workbook(), "word/media/image1.png": image("PNG")}), "docx"),
        (
            word({"word/printerSettings1.bin": "HP LaserJet".encode("utf-16-le"), "word/empty.bin": b""}),
            "docx",
        ),
        (workbook(), "xlsx"),
        (packed({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}), "pptx"),
        (open_document(), "odt"),
        ("Minutes of 3 May: it’s agreed\u00a0\n".encode(), "txt"),
        (b"Maths is better. MZ is a name", "txt"),
        (b"MZ is a name", "txt"),
        (image("GIF"), None),
        (b"<html><script>alert(1)</script>", None),
        (b"\xef\xbb\xbf  \n<svg onload=alert(1)>", None),
        (b"Dear all\n\n< script src=//evil.example></script>", None),
        (b"#!/bin/sh\nrm", None),
        (b"{\\rtf1 words}", None),
        (b"<html>%PDF-1.4", None),
        (b"%PDF-1.7 without an end", None),
        (image("PNG")[:40], None),
        (packed({"evil.txt": b"a"}), None),
        (b"caf\xe9", None),
        (b"bell\x07", None),
        (b"words\0words", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: str | None) -> None:
    assert file_type_of(content) == kind


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_sentence_and_quickly(name: str) -> None:
    content = HOSTILE[name]()
    began = monotonic()
    for filename in ("plan.docx", "plan.xlsx", "plan.pdf", "plan"):
        with pytest.raises(ValueError, match=r"^The selected file .*\.$"):
            check_document_or_picture(filename, content)
    assert monotonic() - began < 5


def test_an_archive_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zipfile.ZipFile.read", lambda *_: pytest.fail("a part was unpacked"))
    with pytest.raises(ValueError, match="too large when it is unpacked"):
        file_type_of(HOSTILE["a Word document with 50 MB of zeros"]())


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("plan.docx", PDF, "ends in “docx”, but its content is a PDF"),
        ("plan.exe", PDF, "ends in “exe”, but its content is a PDF"),
        ("notes.html", b"words", "ends in “html”, but its content is a plain text"),
        ("plan.pdf", b"", "The selected file is empty"),
        ("plan.pdf", PDF + b"x" * LARGEST_DOCUMENT, "must be smaller than 5 MB"),
        ("photo.png", image("PNG"), "must be a PDF, Word document"),
    ],
)
def test_a_file_that_is_refused_says_what_to_do(name: str, content: bytes, refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        check_document(name, content)


@pytest.mark.parametrize(
    ("sent", "content", "name"),
    [
        ("plan.PDF", PDF, "plan.pdf"),
        ("photo.jpeg", image("JPEG"), "photo.jpg"),
        ("Books – term 1.xlsx", workbook(), "Books – term 1.xlsx"),
        ("a.csv", "Week,Büch\n1,“x”\n".encode(), "a.csv"),
        ("notes", b"Read aloud daily.", "notes.txt"),
        ("..\\..\\etc/passwd.txt", b"words", "passwd.txt"),
        ("C:\\Users\\me\\Plan, 3 May.docx", word(), "Plan, 3 May.docx"),
        ("pass\r\nwd<b>.txt", b"words", "pass wd b.txt"),
        ("plan\u202efdp.txt", b"words", "planfdp.txt"),
        ("....", b"words", "File.txt"),
        ("a.odt", open_document(), "a.odt"),
    ],
)
def test_the_name_of_an_accepted_file_is_safe(sent: str, content: bytes, name: str) -> None:
    assert check_document_or_picture(sent, content).name == name


def test_a_name_is_never_longer_than_the_column() -> None:
    assert len(safe_name("x" * 300 + ".pdf", "pdf")) <= 120


def test_a_program_in_any_part_of_a_real_workbook_is_found() -> None:
    assert file_type_of(workbook()) == "xlsx"
    with pytest.raises(ValueError, match="contains macros or another program"):
        file_type_of(with_part(workbook(), "xl/media/image1.png", b"\xcf\xfa\xed\xfe" + b"\0" * 50))


@pytest.mark.parametrize(
    ("form", "mode", "kept"),
    [
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "RGB", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "P", "RGB"),
        ("PNG", "1", "1"),
    ],
)
def test_a_picture_is_kept_without_its_location(form: str, mode: str, kept: str) -> None:
    """Evidence about a school or a message must not say where its writer lives. Size and uprightness stay."""
    sent = picture(form, (40, 30), mode)
    assert SECRET.encode() in sent
    known = check_document_or_picture(f"photo.{form.lower()}", sent)
    content = known.kept(sent)
    assert SECRET.encode() not in content
    with Image.open(BytesIO(content)) as shown:
        assert (shown.format, shown.size, shown.mode) == (form, (30, 40), kept)  # turned as its metadata said
        assert not shown.getexif()


def test_a_picture_that_cannot_be_opened_is_refused() -> None:
    """Its first and last bytes are those of a JPEG."""
    broken = image("JPEG")[:40] + b"\0" * 200 + b"\xff\xd9"
    with pytest.raises(ValueError, match="JPEG, PNG or WebP picture"):
        check_document_or_picture("photo.jpg", broken)
