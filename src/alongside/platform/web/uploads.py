"""The file of a form: a page declares its `Upload`, and the check runs in the process pool before the transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from litestar.datastructures import UploadFile

from alongside.platform.access.principal import Principal
from alongside.platform.uploads.file_types import too_large
from alongside.platform.web.context import AppContext
from alongside.platform.web.form_data import FormData, read_form_data
from alongside.platform.web.http import HttpRequest

Checked = TypeVar("Checked")
BYTES_FOR_FIELDS = 200_000
"""Bytes allowed for the rest of a form besides its file."""

NOT_SELECTED = "Select a file"


@dataclass(frozen=True, slots=True)
class Upload:
    """The file of a form: its field, its maximum bytes, and the check.

    `check` takes name and content, and returns what the page needs of the file or raises ValueError with a sentence. It
    is a function that the process pool can run.
    """

    field: str
    largest: int
    check: Callable[[str, bytes], object]
    refusal: str = "This file takes too long to read. Make it smaller and upload it again."


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """An accepted file: its name and content as sent, and the result of the check."""

    name: str
    content: bytes
    checked: object

    def checked_as(self, kind: type[Checked]) -> Checked:
        """Return the result of the check, whose type is `kind`."""
        assert isinstance(self.checked, kind)
        return self.checked


async def checked_upload(request: HttpRequest, person: Principal, upload: Upload) -> UploadedFile | str:
    """Return the file of a form, or the sentence that refuses it."""
    sent = await _sent_file(await read_form_data(request), upload.field)
    if sent is None:
        return NOT_SELECTED
    if len(sent[1]) > upload.largest:
        return too_large(upload.largest)
    app_context: AppContext = request.app.state.app_context
    try:
        checked = await app_context.pool.run(
            upload.check,
            *sent,
            authority_id=person.authority_id,
            person_id=person.id,
            refusal=upload.refusal,
        )
    except ValueError as problem:
        return str(problem)
    return UploadedFile(*sent, checked)


async def _sent_file(written: FormData, name: str) -> tuple[str, bytes] | None:
    """Return name and content of the one file under a field name; None if no file was chosen."""
    files = [one for one in written.getlist(name) if isinstance(one, UploadFile) and one.filename]
    if not files:
        return None
    await files[0].seek(0)
    return files[0].filename, await files[0].read()


def largest_of(request: HttpRequest) -> int | None:
    """Return the maximum bytes of the file of a form at this address; None for a form without a file."""
    upload: Upload | None = request.route_handler.opt.get("upload")
    return upload.largest if upload else None
