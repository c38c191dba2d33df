"""Every published table of two real authorities is stored as an independent reading of its file says."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from rich.console import Console
from rich.table import Table

from alongside.features.authorities import settings_of
from alongside.features.authorities.files import declared_authority, to_stored
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.figures import Figure, figures_of
from alongside.features.performance.importing.actions import apply_import
from alongside.features.performance.importing.queries import counted_schools
from alongside.features.performance.published.content import Question
from alongside.features.performance.published.reading import read_table
from alongside.features.performance.published.sheets import read_sheet
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, open_database
from tests.features.performance.builders import DAY
from tests.features.performance.independent_reading import FILES, REAL, File, Found, links_of, schools_of

AUTHORITIES = {"wigan": 359, "york": 816}
pytestmark = pytest.mark.skipif(
    not REAL.is_dir(),
    reason=f"the published files are not part of the repository and not in {REAL} (ALONGSIDE_REAL_DATA names them)",
)


async def settle(copy: DatabaseCopy, slug: str) -> None:
    """Store a real authority with the schools and links of its register."""
    settings = declared_authority(slug)
    register_settings(settings, 1)
    here = settings.dfe_code
    opened, closed = schools_of(here)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")  # no fund gets its amount here
        await connection.execute(
            "INSERT INTO authority (authority_id, slug, name, gss_code, hosts, settings_version)"
            " VALUES ($1, $2, $3, $4, $5, 1)",
            here,
            slug,
            settings.name,
            settings.gss_code,
            [f"{slug}.localhost"],
        )
        await connection.execute(
            "INSERT INTO authority_settings (authority_id, version, settings, applied_by) VALUES ($1, 1, $2, 'test')",
            here,
            msgspec.json.encode(to_stored(settings)).decode(),
        )
        await connection.executemany(
            "INSERT INTO school (authority_id, urn, name, phase, status) VALUES ($1, $2, 'School', 'primary', $3)",
            [(here, urn, "open") for urn in opened] + [(here, urn, "closed") for urn in closed],
        )
        await connection.executemany(
            "INSERT INTO school_link (authority_id, urn, other_urn, link_type, kind) VALUES ($1, $2, $3, $4, $4)",
            [(here, *link) for link in links_of(opened | closed)],
        )
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def settled(module_database: DatabaseCopy) -> AsyncIterator[Database]:
    """A database with both authorities."""
    for slug in AUTHORITIES:
        await settle(module_database, slug)
    opened = open_database(module_database)
    yield opened
    await opened.close()


async def imported(database: Database, slug: str, file: File) -> tuple[list[Figure], dict[int, int]]:
    """Import a file for an authority; returns the live figures of its measures and the schools of its URNs."""
    here = AUTHORITIES[slug]
    person = system(here, DAY)
    sheet = read_sheet(file.name, (REAL / "performance" / file.name).read_bytes())
    measures = measures_of(settings_of(here))
    async with database.transaction(here) as session:
        schools = await counted_schools(session, here)
        table = read_table(sheet, Question(here, measures, frozenset(schools), release="final"))
        await apply_import(session, person, table, schools)
        await identify_requester(session, person)
        years = {file.year, *(year for _, year in file.others.values())}
        return await figures_of(session, urns=None, measures=list(measures), years=years), schools


def differences(expected: Found, stored: list[Figure], schools: dict[int, int]) -> list[str]:
    """Every figure of the second reading that is not stored as it says."""
    live = {(one.from_urn or one.school_urn, one.measure, one.academic_year): one for one in stored}
    by_school = {(one.school_urn, one.measure, one.academic_year) for one in stored}
    found = []
    for key, (status, value) in expected.items():
        one = live.get(key)
        if one is None:
            urn, measure, year = key
            another = [
                other for other in expected if other[1:] == key[1:] and schools[other[0]] == schools[urn]
            ]
            if len(another) < 2 or (schools[urn], measure, year) not in by_school:
                found.append(f"{key} is not stored")
        elif (one.status, one.value) != (status, value):
            found.append(f"{key} is {one.status} {one.value}, not {status} {value}")
    return found


async def test_every_stored_figure_equals_an_independent_reading_of_its_file(settled: Database) -> None:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    for slug, here in AUTHORITIES.items():
        for file in FILES:
            stored, schools = await imported(settled, slug, file)
            expected = {
                key: what
                for key, what in file.read(REAL / "performance", here, set(schools)).items()
                if key[0] in schools
            }
            wrong += [f"{slug}, {file.name}: {one}" for one in differences(expected, stored, schools)]
            for (_, measure, _), (status, _) in expected.items():
                counts[measure, file.name][status] += 1
    print_table(counts)
    assert not wrong, "\n".join(wrong[:20])
    assert len({file for _, file in counts}) == len(FILES)
    statuses = sum(counts.values(), Counter())
    assert set(statuses) == {"ok", "suppressed", "not_applicable", "not_available"}


def print_table(counts: dict[tuple[str, str], Counter[str]]) -> None:
    """Print measure × file: how many figures of each status were compared."""
    shown = Table(title="Measure × file: figures compared for Wigan and York", title_justify="left")
    for heading in ("Measure", "File", "Published", "Other statuses"):
        shown.add_column(heading)
    for (measure, file), statuses in sorted(counts.items()):
        others = ", ".join(
            f"{number} {status}" for status, number in sorted(statuses.items()) if status != "ok"
        )
        shown.add_row(measure, file, str(statuses["ok"]), others)
    Console(width=160).print(shown)
