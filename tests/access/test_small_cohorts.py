"""Figures about fewer than six pupils, or about an unknown number, on every page and in every file, for every role."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.access.matrix import routes_of
from tests.client import Client
from tests.databases import DatabaseCopy, open_database
from tests.features.profiles.stored import YEAR, Stored, calculated, store_figures, usual_figures
from tests.personas import (
    CHAIR_OF_MILL,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PERSONAS,
    Persona,
)
from tests.sampling import sampled

FEW, UNKNOWN, MANY = "73.9", "37.7", "108.7"
FIGURES = (
    Stored(MILL, "ks2_expected", YEAR, FEW, 5),
    Stored(MILL, "ks2_higher", YEAR, UNKNOWN, None),
    Stored(MILL, "ks2_reading_score", YEAR, MANY, 40),
    Stored(MILL, "pupils", YEAR, "70", 70),
)
READERS = {HEAD_OF_MILL, DELEGATE_OF_MILL, OFFICER, HEAD_OF_SERVICE}
"""The school and the core team."""

NOT_READ = ("/live", "/metrics", "/problems/", "/sign-")


@pytest.fixture(scope="module")
async def profiles(module_database: DatabaseCopy, module_client: Client) -> Mapping[int, UUID]:
    """Profiles of all schools; that of Mill, a small school, is shared, and it has no other figure of these measures."""
    database = open_database(module_database)
    taken = {(one.urn, one.measure, one.year) for one in FIGURES}
    usual = [one for one in usual_figures() if (one.urn, one.measure, one.year) not in taken]
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await store_figures(session, [*usual, *FIGURES])
        made = await calculated(database)
    finally:
        await database.close()
    await module_client.post(f"/profiles/{made[MILL]}/sharing", {}, as_=OFFICER)
    await module_client.get(
        f"/profiles/{made[MILL]}", as_=HEAD_OF_MILL
    )  # those who govern it read it from now on
    return made


def addresses(app: Any, profile_id: UUID) -> list[str]:
    """Return every page and file without an id, of the school Mill and of its profile."""
    known = {"profile_id": str(profile_id), "urn": str(MILL)}
    found = []
    for one in routes_of(app):
        if one.method == "GET" and set(one.names) <= known.keys() and not one.path.startswith(NOT_READ):
            path = one.path
            for name, value in known.items():
                path = path.replace(f"{{{name}}}", value)
            found.append(path)
    return found


def text_of(body: bytes, media_type: str) -> str:
    """Return the text of a page or a file."""
    if "pdf" in media_type:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8", "replace")


async def shown_to(client: Client, who: Persona, paths: list[str]) -> dict[str, set[str]]:
    """Return the planted figures that a person reads, and where."""
    found: dict[str, set[str]] = {FEW: set(), UNKNOWN: set(), MANY: set()}
    for path in paths:
        answer = await client.get(path, as_=who)
        text = text_of(answer.content, answer.headers.get("content-type", ""))
        for figure, places in found.items():
            if figure in text:
                places.add(path)
    return found


ALWAYS = (HEAD_OF_MILL, OFFICER, LEAD_OF_NORTH, CHAIR_OF_MILL)
"""The others are a sample."""

REST = [one for one in PERSONAS if one not in ALWAYS]


@pytest.mark.parametrize("who", [*ALWAYS, *sampled(REST, 0.2, "few pupils")], ids=lambda one: one.name)
async def test_only_the_school_and_the_core_team_read_figures_about_few_pupils(
    module_client: Client, profiles: Mapping[int, UUID], who: Persona
) -> None:
    """A lead and a chair read the figure about forty pupils, and never the two others on any page or in any file."""
    paths = addresses(module_client.app, profiles[MILL])
    assert len(paths) > 100
    found = await shown_to(module_client, who, paths)
    profile = f"/profiles/{profiles[MILL]}"
    if who in READERS:
        assert all({profile, f"{profile}/profile.pdf"} <= places for places in found.values()), found
    else:
        assert not found[FEW] and not found[UNKNOWN], found
    if who in (LEAD_OF_NORTH, CHAIR_OF_MILL):
        assert {profile, f"{profile}/profile.pdf"} <= found[MANY], found
