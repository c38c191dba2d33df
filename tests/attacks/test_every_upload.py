"""Every page that takes a file refuses the same hostile files. The pages are read from the app's routes."""

import re
from typing import Any
from uuid import uuid4

import pytest

from alongside.app import page_routes
from alongside.platform.web.uploads import Upload
from tests.client import Client, words
from tests.features.agreements.builders import a_proposal
from tests.features.directory.form_values import sent_entry
from tests.features.escalations.builders import a_running_escalation
from tests.features.notices.builders import a_draft
from tests.features.visit_requests.builders import requested
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, OFFICER
from tests.platform.uploads.files import HOSTILE

UPLOADS: dict[str, Upload] = {
    path: handler.opt["upload"]
    for handler in page_routes()
    for path in handler.paths
    if handler.opt.get("upload") is not None
}
FIELDS = {"alternative_text": "A wall", "act": "take"}


def test_every_upload_of_the_product_is_listed() -> None:
    """The pages whose forms have a file are those that declare an upload."""
    assert sorted(UPLOADS) == [
        "/directory/import",
        "/directory/{entry_id:uuid}/attachments",
        "/directory/{entry_id:uuid}/pictures",
        "/escalations/{escalation_id:uuid}/files",
        "/notices/{notice_id:uuid}/files",
        "/people/invitation-files",
        "/performance/imports/new",
        "/proposals/{proposal_id:uuid}/messages/files",
        "/visit-requests/{visit_request_id:uuid}/messages/files",
    ]


@pytest.mark.parametrize("path", UPLOADS)
async def test_an_upload_refuses_hostile_files_and_keeps_nothing(client: Client, path: str) -> None:
    """The answer is 422 and says what is wrong with the file, under every name."""
    upload, as_ = UPLOADS[path], OFFICER
    database = client.app.state.app_context.database
    if "entry_id" in path:
        as_ = HEAD_OF_MILL
        place = (await sent_entry(client, act="draft")).rpartition("/")[2]
    elif path.startswith("/people"):
        as_, place = ADMINISTRATOR, ""
    elif "notice_id" in path:
        place = (await a_draft(client)).rpartition("/")[2]
    elif "proposal_id" in path:
        as_, place = HEAD_OF_MILL, str(await a_proposal(database))
    elif "visit_request_id" in path:
        as_, place = HEAD_OF_MILL, (await requested(client)).rpartition("/")[2]
    else:
        place = str(await a_running_escalation(database))
    address = re.sub(r"\{.*?\}", place, path)
    for what, content in HOSTILE.items():
        answer = await _send(client, address, upload, content(), as_)
        assert answer.status_code == 422, what
        assert re.search(r"The selected file|The name of the selected file", words(answer)), what


async def _send(client: Client, path: str, upload: Upload, content: bytes, as_: Any) -> Any:
    return await client.http.post(
        path,
        data={"csrf_token": client.token_of(as_), "idempotency_key": uuid4().hex} | FIELDS,
        files={upload.field: ("Plan.xlsx", content, "application/octet-stream")},
        headers=client._headers(as_, {"sec-fetch-site": "same-origin"}),
    )
