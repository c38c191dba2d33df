"""Uploaded files."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from alongside.platform.web.form_data import FormData


async def uploaded_file(written: FormData, name: str) -> tuple[str, bytes] | None:
    """Return name and content of the one file under a field name; None if no file was chosen."""
    files = [one for one in written.getlist(name) if isinstance(one, UploadFile) and one.filename]
    if not files:
        return None
    await files[0].seek(0)
    return files[0].filename, await files[0].read()


def largest_of(request: Request[Any, Any, Any]) -> int | None:
    """Return the maximum bytes of a form at this address, if it is more than the default."""
    limit: int | None = request.route_handler.resolve_request_max_body_size()
    return limit if limit and limit > 1_000_000 else None
