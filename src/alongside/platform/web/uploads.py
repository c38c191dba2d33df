"""Files that people send."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from alongside.platform.web.form_data import FormData


async def uploaded_file(written: FormData, name: str) -> tuple[str, bytes] | None:
    """The name and content of the one file that came under a name; None for nothing or an empty choice."""
    files = [one for one in written.getlist(name) if isinstance(one, UploadFile) and one.filename]
    if not files:
        return None
    await files[0].seek(0)
    return files[0].filename, await files[0].read()


def largest_of(request: Request[Any, Any, Any]) -> int | None:
    """How many bytes this address takes, where that is more than a form of text."""
    limit: int | None = request.route_handler.resolve_request_max_body_size()
    return limit if limit and limit > 1_000_000 else None
