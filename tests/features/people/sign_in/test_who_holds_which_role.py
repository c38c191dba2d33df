"""The list of people within the user's scope, and ending roles."""

import pytest
from litestar import Litestar

from alongside.platform.database.session import Database
from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import rows
from tests.features.people.sign_in.test_sessions import is_in, signed_in
from tests.personas import (  # fmt: skip
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        (ADMINISTRATOR, ["Mina Mill", "Quinn Quay", "Lea South", "Ola Officer"], []),
        (OFFICER, ["Mina Mill", "Quinn Quay", "Lea South", "Ada Admin"], []),
        (LEAD_OF_NORTH, ["Mina Mill", "Pat Park", "Dee North"], ["Quinn Quay", "Lea South", "Ola Officer"]),
        (HEAD_OF_MILL, ["Mina Mill", "Dele Mill"], ["Pat Park", "Quinn Quay", "Lee North"]),
    ],
)
async def test_everybody_sees_as_far_as_their_role_reaches(
    who: Persona, seen: list[str], unseen: list[str], database: Database, app: Litestar
) -> None:
    browser = await signed_in(database, app, who)
    page = words(await browser.get("/people")).partition("Roles held now")[2]
    assert [name for name in seen if name not in page] == []
    assert [name for name in unseen if name in page] == []
    assert "902.example" not in page


@pytest.mark.parametrize(
    "query", ["q=quinn", "q=QUAY+PRIMARY", "q=quinn.quay%40901", "q=quay&role=headteacher"]
)
async def test_people_are_found(query: str, database: Database, app: Litestar) -> None:
    browser = await signed_in(database, app, ADMINISTRATOR)
    page = words(await browser.get(f"/people?{query}"))
    assert "Quinn Quay" in page
    assert "Pat Park" not in page


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "page=99999999", "page=²", "role=x'", "q=%25", "q=" + "a" * 900]
)
async def test_odd_questions_do_no_harm(query: str, database: Database, app: Litestar) -> None:
    browser = await signed_in(database, app, ADMINISTRATOR)
    assert (await browser.get(f"/people?{query}")).status_code == 200


async def test_a_long_list_is_paged(database: Database, app: Litestar, copy: DatabaseCopy) -> None:
    await rows(
        copy,
        "WITH p AS (INSERT INTO person (authority_id, name, email) SELECT 901, 'Zed ' || n, n || '@z.example'"
        " FROM generate_series(1, 40) n RETURNING id) INSERT INTO role_assignment"
        " (authority_id, person_id, role, starts_on) SELECT 901, id, 'core_officer', '2024-01-01' FROM p",
    )
    browser = await signed_in(database, app, ADMINISTRATOR)
    names = [
        words(await browser.get(f"/people?q=Zed&page={number}")).count("@z.example") for number in (1, 2, 3)
    ]
    assert names == [25, 15, 0]


async def test_an_administrator_ends_a_role_after_asking(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    admin, head = await signed_in(database, app, ADMINISTRATOR), await signed_in(database, app)
    path = f"/people/appointments/{HEAD_OF_MILL.role_assignment_id}/end"
    assert "End the role of Mina Mill?" in words(await admin.get(path))
    assert await is_in(head)
    assert (await admin.post(path)).status_code == 303
    assert not await is_in(head)
    assert (await admin.post(path)).status_code == 404
    notified = await rows(
        copy, "SELECT person_name FROM audit_entry WHERE verb = 'end_role' AND authority_id = 901"
    )
    assert notified[-1]["person_name"] == "Ada Admin"


async def test_a_role_given_today_ends_today(database: Database, app: Litestar, copy: DatabaseCopy) -> None:
    await rows(
        copy,
        "UPDATE role_assignment SET starts_on = current_date WHERE id = $1",
        HEAD_OF_PARK.role_assignment_id,
    )
    admin, head = await signed_in(database, app, ADMINISTRATOR), await signed_in(database, app, HEAD_OF_PARK)
    assert (
        await admin.post(f"/people/appointments/{HEAD_OF_PARK.role_assignment_id}/end")
    ).status_code == 303
    assert not await is_in(head)
    await rows(
        copy,
        "UPDATE role_assignment SET starts_on = '2020-09-01' WHERE id = $1",
        HEAD_OF_PARK.role_assignment_id,
    )


async def test_a_head_ends_the_own_delegate_and_nobody_else(database: Database, app: Litestar) -> None:
    mill, quay = await signed_in(database, app), await signed_in(database, app, HEAD_OF_QUAY)
    delegate = await signed_in(database, app, DELEGATE_OF_MILL)
    path = "/people/delegates/{}/end"
    assert (await quay.post(path.format(DELEGATE_OF_MILL.role_assignment_id))).status_code == 404
    for other in (HEAD_OF_MILL, HEAD_OF_PARK, ADMINISTRATOR):
        assert (await mill.get(path.format(other.role_assignment_id))).status_code == 404
        assert (await mill.post(path.format(other.role_assignment_id))).status_code == 404
    assert await is_in(delegate)
    assert (await mill.post(path.format(DELEGATE_OF_MILL.role_assignment_id))).status_code == 303
    assert not await is_in(delegate)


@pytest.mark.parametrize("act", ["appointments/{0.role_assignment_id}/end", "{0.person_id}/departure"])
async def test_the_last_administrator_stays(act: str, database: Database, app: Litestar) -> None:
    admin = await signed_in(database, app, ADMINISTRATOR)
    answer = await admin.post(f"/people/{act.format(ADMINISTRATOR)}")
    assert answer.status_code == 409
    assert "no administrator left" in words(answer)
    assert await is_in(admin)


async def test_who_leaves_has_no_role_and_no_session_and_their_name_stays(
    database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    admin, head = await signed_in(database, app, ADMINISTRATOR), await signed_in(database, app)
    path = f"/people/{HEAD_OF_MILL.person_id}/departure"
    assert "Headteacher, Mill Primary School" in words(await admin.get(path))
    assert (await admin.post(path)).status_code == 303
    assert not await is_in(head)
    left = await rows(
        copy,
        "SELECT authority_id, left_on FROM person WHERE id = $1 ORDER BY authority_id",
        HEAD_OF_MILL.person_id,
    )
    assert [(one["authority_id"], one["left_on"] is not None) for one in left] == [
        (NORTHSHIRE, True),
        (902, False),
    ]


@pytest.mark.parametrize("choice", ["at_once", "daily", "none"])
async def test_mail_comes_as_one_chooses(
    choice: str, database: Database, app: Litestar, copy: DatabaseCopy
) -> None:
    browser = await signed_in(database, app)
    assert (await browser.post("/account/mail", mail_choice=choice)).status_code == 303
    kept = await rows(
        copy, "SELECT mail_choice FROM person WHERE id = $1 AND authority_id = 901", HEAD_OF_MILL.person_id
    )
    assert kept[0]["mail_choice"] == choice


async def test_a_choice_that_is_none_says_what_to_do(database: Database, app: Litestar) -> None:
    browser = await signed_in(database, app)
    answer = await browser.post("/account/mail", mail_choice="shout")
    assert answer.status_code == 422
    assert "Select how you want to get emails" in words(answer)
