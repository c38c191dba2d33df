"""An imported list is parsed before the transaction opens, in a child process of the pool."""

from alongside.platform.web.spreadsheet import as_xlsx
from tests.attacks.test_expensive_work import Watched
from tests.client import Client, words
from tests.features.directory.test_bring_and_take_along import sent
from tests.features.directory.test_hostile_spreadsheets import book
from tests.personas import MILL


async def test_a_workbook_is_read_with_no_connection_held(client: Client) -> None:
    """A workbook that is too large is refused with a sentence."""
    watched = Watched(client.app.state.app_context)
    rows = [["Reading aloud", "We read.", MILL, 12.5]]
    ours = as_xlsx("Ours", ["title", "what_we_did", "school_urn", "cost_pounds"], rows)
    answer = await sent(client, "look", "ours.xlsx", ours)
    assert "1 new, 0 already in the directory" in words(answer)
    far = book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    answer = await sent(client, "look", "far.xlsx", far)
    assert answer.status_code == 422 and "beyond row 20,000" in words(answer)
    assert watched.kept == [0, 0, 0]
