"""`authority new` and `check`: a new file is refused while it has copied or missing values."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alongside.features.authorities.commands import authority
from alongside.features.authorities.files import read_authorities, read_authority, tenants_folder
from alongside.features.authorities.settings_cache import calendar_from
from alongside.platform.school_calendar.calendar import add_school_days
from tests.features.authorities.tenant_file_text import in_file, settings_with

ENTRA = """
[[sign_in]]
key = "council"
kind = "entra"
label = "Sign in"
issuer = "https://login.microsoftonline.com/t/v2.0"
client_id = "c"
secret_in = "ALONGSIDE_SECRET_STOCKTON_ENTRA"
allowed_tids = ["t"]
"""
WHO = ["--name", "Stockton-on-Tees", "--short-name", "Stockton", "--code", "808", "--gss", "E06000004"]
REACHED = [
    *WHO,
    "--host", "stockton.alongside.org.uk",
    "--mailbox", "school.improvement@stockton.gov.uk",
    "--safeguarding", "first.contact@stockton.gov.uk",
    "--director", "dcs@stockton.gov.uk",
]  # fmt: skip


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """One command on the files of a folder."""
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(folder))
    return CliRunner().invoke(authority, list(words))


def test_a_file_is_written_and_what_is_missing_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not given stands as an empty line, which check refuses; nothing of another authority is in it."""
    said = run(tmp_path, monkeypatch, "new", "stockton", *WHO)
    assert said.exit_code == 0, said.output
    for setting in (
        "mail.reply_to",
        "contacts.safeguarding.mailbox",
        "escalation_reminders.director_mailbox",
    ):
        assert setting in said.output, said.output
    assert "consortia" in said.output and "terms" in said.output
    written = tomllib.loads((tmp_path / "stockton.toml").read_text(encoding="utf-8"))
    assert (written["name"], written["dfe_code"], written["hosts"]) == ("Stockton-on-Tees", 808, [])
    assert "wigan" not in str(written).lower() and "york" not in str(written).lower()
    assert run(tmp_path, monkeypatch, "check").exit_code == 1


def test_filled_in_it_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(tmp_path, monkeypatch, "new", "stockton", *REACHED)
    assert "Nobody can sign in" in said.output and "mailbox" not in said.output
    path = tmp_path / "stockton.toml"
    path.write_text(path.read_text(encoding="utf-8") + ENTRA, encoding="utf-8")
    checked = run(tmp_path, monkeypatch, "check")
    assert checked.exit_code == 0 and "stockton: Stockton-on-Tees (808)" in checked.output, checked.output


def test_a_file_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, monkeypatch, "new", "stockton", *WHO).exit_code == 0
    before = (tmp_path / "stockton.toml").read_bytes()
    again = run(tmp_path, monkeypatch, "new", "stockton", *REACHED)
    assert again.exit_code == 1 and "exists already" in again.output
    assert (tmp_path / "stockton.toml").read_bytes() == before
    assert run(tmp_path, monkeypatch, "new", "../stockton", *WHO).exit_code == 1


@pytest.mark.parametrize("kept", [True, False])
def test_a_copy_of_another_authority_is_refused_for_all_that_is_its_own(tmp_path: Path, kept: bool) -> None:
    """Changed in name, codes, hosts and consortia only, as the README once said; also when the original is gone."""
    york = (tenants_folder() / "york.toml").read_text(encoding="utf-8")
    if kept:
        (tmp_path / "york.toml").write_text(york, encoding="utf-8")
    copy = york.replace('name = "City of York"', 'name = "Stockton-on-Tees"').replace(
        'slug = "york"', 'slug = "stockton"'
    )
    copy = copy.replace("dfe_code = 816", "dfe_code = 808").replace("E06000014", "E06000004")
    copy = copy.replace("york.localhost", "stockton.localhost").replace(
        'short_name = "York"', 'short_name = "Stockton"'
    )
    (tmp_path / "stockton.toml").write_text(copy, encoding="utf-8")
    _, mistakes = read_authorities(tmp_path)
    assert {one.file for one in mistakes} == {"stockton.toml"}
    paths = {one.path for one in mistakes}
    if kept:  # and as long as providers.yep does not serve 808, nothing else is looked at
        assert paths == {"providers.yep.serves"}
    (tmp_path / "stockton.toml").write_text(
        copy.replace("serves = [816]", "serves = [808, 816]"), encoding="utf-8"
    )
    _, mistakes = read_authorities(tmp_path)
    assert {one.path for one in mistakes} == {
        "mail.reply_to",
        "contacts.safeguarding.mailbox",
        "contacts.core_team.mailbox",
        "designations.cyp",
        "governance.commissioner",
        "governance.board",
        "funds.hub.held_by",
        "funds.commissioning.held_by",
        "consortia.secondary.name",
    }


def test_examples_are_refused_where_schools_could_reach_them(tmp_path: Path) -> None:
    """The defaults hold example mailboxes: left out of a live authority's file, nobody would read them."""
    path = in_file(tmp_path, 'hosts = ["northshire.alongside.org.uk"]', without="hosts")
    paths = {one.path for one in read_authority(path)[1]}
    assert paths == {
        "sign_in",
        "mail.reply_to",
        "escalation_reminders.director_mailbox",
        "contacts.core_team.mailbox",
        "contacts.safeguarding.mailbox",
    }
    for host in ("northshire.localhost:8000", "northshire.example.org", "northshire.test"):
        path = in_file(tmp_path, f'hosts = ["{host}"]', without="hosts")
        assert read_authority(path)[1] == []


def term(year: str, name: str, *days: str) -> str:
    keys = ("starts_on", "ends_on", "break_starts_on", "break_ends_on")
    pairs = ", ".join(f"{key} = {day}" for key, day in zip(keys, days, strict=True))
    return f'{{ year = "{year}", name = "{name}", {pairs} }}'


AUTUMN = term("2028-29", "autumn", "2028-09-04", "2028-12-20", "2028-10-23", "2028-10-27")
SPRING = term("2028-29", "spring", "2029-01-04", "2029-03-28", "2029-02-12", "2029-02-16")
SUMMER = term("2028-29", "summer", "2029-04-16", "2029-07-20", "2029-05-28", "2029-06-01")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([AUTUMN], "2028-29 has no spring and no summer term"),
        ([AUTUMN, SUMMER], "no spring term"),
        ([AUTUMN, SPRING, SUMMER.replace("2029-07-20", "2029-06-20")], "not a whole school year"),
        ([AUTUMN.replace("2028-09-04", "2028-10-04"), SPRING, SUMMER], "not a whole school year"),
        ([AUTUMN, SPRING, SUMMER.replace("2029-04-16", "2029-05-14")], "no school day between"),
        ([AUTUMN, SPRING, SPRING, SUMMER], "begins before"),
        ([AUTUMN, SPRING, SUMMER], ""),
        ([], ""),
    ],
)
def test_a_school_year_is_declared_whole_or_not_at_all(tmp_path: Path, terms: list[str], said: str) -> None:
    mistakes = read_authority(in_file(tmp_path, f"terms = [{', '.join(terms)}]"))[1]
    assert all(one.path == "terms" for one in mistakes)
    assert (said in " ".join(map(str, mistakes))) if said else not mistakes


def test_five_school_days_never_end_a_year_later(tmp_path: Path) -> None:
    """What a year declared in part led to: five school days from December 2028 ended in September 2029."""
    from datetime import date

    whole = tomllib.loads(f"terms = [{AUTUMN}, {SPRING}, {SUMMER}]")
    calendar = calendar_from(settings_with(tmp_path, whole))
    assert add_school_days(calendar, date(2028, 12, 19), 5) == date(2029, 1, 9)
