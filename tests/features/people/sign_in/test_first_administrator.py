"""`alongside people appoint`: invites the first administrator of an authority."""

import asyncio
from typing import Any

import pytest
from click.testing import CliRunner, Result
from litestar import Litestar

from alongside.cli import alongside
from tests.client import words
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.features.people.sign_in.books import everything
from tests.features.people.sign_in.browser import Browser

ADA = ["--authority", "northshire", "--name", "Ada Two", "--email", "ada@two.example"]


@pytest.fixture
def run(copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The command line on this test's database."""
    monkeypatch.setenv("DATABASE_URL", copy.app_url)
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
    monkeypatch.setenv("ALONGSIDE_SECRET", "s" * 32)
    monkeypatch.setenv("ALONGSIDE_BASE_URL", "https://{host}")

    async def made(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, alongside, ["people", "appoint", *words])

    return made


async def test_the_link_that_is_printed_opens_the_invitation(run, app: Litestar) -> None:  # type: ignore[no-untyped-def]
    result = await run(*ADA)
    assert result.exit_code == 0, result.output
    link = next(line for line in result.output.splitlines() if "/invitations/" in line)
    assert link.startswith("https://northshire.localhost/invitations/")
    page = await Browser(app).get(f"/invitations/{link.rpartition('/')[2]}")
    assert "Ada Two, you are invited" in words(page)
    assert "Authority administrator" in words(page)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([*ADA[2:], "--authority", "nowhere"], "There is no authority nowhere"),
        ([*ADA, "--role", "headteacher"], "Give --school"),
        ([*ADA, "--school", "990001"], "Give --school for a headteacher"),
        ([*ADA, "--role", "headteacher", "--school", "1"], "has no school 1"),
        ([*ADA[:4], "--email", "ada"], "an email address like"),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(
    given: list[str], said: str, run: Any, copy: DatabaseCopy
) -> None:
    result = await run(*given)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output
    assert (await everything(copy))[4] == 0
