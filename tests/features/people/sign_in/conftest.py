"""Fixtures: the app with real providers and with a forging provider."""

from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any, Literal

import asyncpg
import msgspec
import pytest
from litestar import Litestar

from alongside.features.authorities import register_settings, settings_of
from alongside.features.authorities.queries import Tenants
from alongside.features.authorities.secret_names import prefix_of
from alongside.features.authorities.settings import SignIn
from alongside.features.people import pages as people_pages
from alongside.features.people.role_assignments import own_and_other_roles
from alongside.features.people.sessions import load_principal, touch_session
from alongside.features.people.sign_in.providers import forget_providers
from alongside.features.people.unsent_forms import SealedForms
from alongside.platform.database.session import Database
from alongside.platform.web.context import AppContext
from alongside.platform.web.security import with_security_headers
from tests.databases import DatabaseCopy, open_database, pages_environment
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import CLIENT, DIRECTORY, Forger, forging
from tests.features.people.sign_in.provider import SECRET, Visitor, free_port, running
from tests.personas import MILL, NORTHSHIRE, SOUTHSHIRE

HOSTS = {NORTHSHIRE: "northshire.localhost", SOUTHSHIRE: "southshire.localhost"}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "head-of-mill": {"name": "Mina Mill", "email": "mina.mill@901.example", "email_verified": True},
    "stranger": {"name": "Sam Stranger", "email": "sam@stranger.example", "email_verified": True},
    "thief": {"name": "Tia Thief", "email": "mina.mill@901.example", "email_verified": True},
    "newcomer": {
        "name": "Nia Newcomer",
        "email": "nia@mill.example",
        "organisation": {
            "id": "organisation-of-mill",
            "name": "Mill",
            "category": {"id": "001", "name": "Establishment"},
            "urn": str(MILL),
        },
    },
}


def build_context(database: Database, *, demonstration: bool = False) -> AppContext:
    """The app's context over a database."""
    return AppContext(
        database=database,
        environment=pages_environment(),
        find_tenant=Tenants(database).of_host,
        find_person=load_principal,
        keep_awake=touch_session(database),
        unsent=SealedForms(b"a secret of this installation, 32"),
        roles_of=own_and_other_roles,
        demonstration=demonstration,
        secret=b"a secret of this installation, 32",
    )


def make_app(app_context: AppContext) -> Litestar:
    """An app with only the routes of people, with the real middleware and headers."""
    app = Litestar(
        route_handlers=people_pages.routes,
        middleware=[with_security_headers],
        openapi_config=None,
        debug=False,
    )
    app.state.app_context = app_context
    return app


AS_IT_WAS = """
SET session_replication_role = replica;
DELETE FROM identity; DELETE FROM invitation; DELETE FROM email_outbox; DELETE FROM idempotency_key;
DELETE FROM user_session WHERE issuer <> 'https://stage.example';
UPDATE user_session SET ended_at = NULL;
DELETE FROM role_assignment WHERE id::text NOT LIKE '00000000-0000-7000-8000-0000000002%';
UPDATE role_assignment SET ends_on = NULL;
DELETE FROM person WHERE id::text NOT LIKE '00000000-0000-7000-8000-0000000001%';
UPDATE person SET left_on = NULL, mail_choice = 'at_once';
UPDATE school SET status = 'open';
"""
"""Everything that these tests change, taken back: far quicker than a new copy for each of some two hundred."""


@pytest.fixture
async def copy(module_database: DatabaseCopy) -> DatabaseCopy:
    """The module's database, with only the fixture people in it."""
    connection = await asyncpg.connect(module_database.superuser_url)
    await connection.execute(AS_IT_WAS)
    await connection.close()
    return module_database


@pytest.fixture(scope="module")
async def module_way(module_database: DatabaseCopy) -> AsyncIterator[Database]:
    """The app's way to the module's database."""
    opened = open_database(module_database)
    yield opened
    await opened.close()


@pytest.fixture
def database(module_way: Database, copy: DatabaseCopy) -> Database:
    """The same database, reset to the fixture people before each test."""
    return module_way


@pytest.fixture(scope="module")
def module_app(module_way: Database) -> Litestar:
    """The pages of people, put together once for a module."""
    return make_app(build_context(module_way))


@pytest.fixture
def app(module_app: Litestar, database: Database) -> Litestar:
    """The app over a database with only the fixture people, with a context of its own per test."""
    module_app.state.app_context = build_context(database)
    return module_app


@pytest.fixture
def browser(app: Litestar) -> Browser:
    """A fresh browser on Northshire's host."""
    return Browser(app)


@pytest.fixture(scope="session")
async def one_forger() -> AsyncIterator[Forger]:
    """The one forger of this run."""
    async with forging() as forger:
        yield forger


@pytest.fixture
def forger(one_forger: Forger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forger]:
    """A forger that is honest so far, with ways in at it: oidc, dfe and entra."""
    one_forger.reset()
    kinds: tuple[tuple[str, Literal["dfe_sign_in", "entra", "oidc"]], ...] = (
        ("oidc", "oidc"),
        ("other", "oidc"),
        ("dfe", "dfe_sign_in"),
        ("entra", "entra"),
    )
    ways = tuple(
        SignIn(
            key=f"forged_{kind}",
            kind=full,
            label=f"Forged {kind}",
            issuer=f"{one_forger.base}/entra/organizations/v2.0"
            if kind == "entra"
            else one_forger.issuer(kind),
            client_id=CLIENT,
            secret_in=f"FORGED{kind.upper()}",
            api_secret_in="FORGEDAPI" if kind == "dfe" else None,
            api_address=one_forger.base if kind == "dfe" else None,
            allowed_tids=(DIRECTORY,) if kind == "entra" else (),
        )
        for kind, full in kinds
    )
    with settled(ways, monkeypatch):
        yield one_forger


class settled:
    """Both authorities with these ways to sign in, until the block ends; each with secrets of its own names."""

    def __init__(self, ways: tuple[SignIn, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        self.ways = ways
        self.monkeypatch = monkeypatch

    def __enter__(self) -> None:
        forget_providers()
        self.before = {one: settings_of(one) for one in (NORTHSHIRE, SOUTHSHIRE)}
        for settings in self.before.values():
            ways = tuple(self._own(settings.slug, way) for way in self.ways)
            register_settings(msgspec.structs.replace(settings, sign_in=ways), 1)

    def _own(self, slug: str, way: SignIn) -> SignIn:
        """A way to sign in with names of this authority's own for its secrets, which are set."""
        names = {"secret_in": prefix_of(slug) + way.secret_in}
        if way.api_secret_in:
            names["api_secret_in"] = prefix_of(slug) + way.api_secret_in
        for name in names.values():
            self.monkeypatch.setenv(name, SECRET)
        return msgspec.structs.replace(way, **names)

    def __exit__(self, *_: object) -> None:
        for settings in self.before.values():
            register_settings(settings, 1)


@pytest.fixture(scope="session")
def providers() -> Iterator[SimpleNamespace]:
    """Three real providers: `honest`, `other`, and `dfe`, which tells organisations only when asked again."""
    made = {name: f"http://127.0.0.1:{free_port()}" for name in ("honest", "other", "dfe")}
    wanted = [
        {
            "issuer": issuer,
            "accounts": ACCOUNTS,
            "claimsInIdToken": name != "dfe",
            "clients": [
                {
                    "client_id": CLIENT,
                    "client_secret": SECRET,
                    "redirect_uris": [f"http://{host}/sign-in/{name}/callback" for host in HOSTS.values()],
                    "post_logout_redirect_uris": [f"http://{host}/signed-out" for host in HOSTS.values()],
                    "scope": "openid email profile organisation",
                }
            ],
        }
        for name, issuer in made.items()
    ]
    with running(wanted):
        yield SimpleNamespace(**made)


@pytest.fixture
def ways(providers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Both authorities with the real providers as their ways in."""
    kinds = {"honest": "oidc", "other": "oidc", "dfe": "dfe_sign_in"}
    made = tuple(
        SignIn(
            key=name,
            kind=kind,  # type: ignore[arg-type]
            label=name.capitalize(),
            issuer=getattr(providers, name),
            client_id=CLIENT,
            secret_in="HONEST",
            api_secret_in="HONESTAPI" if kind == "dfe_sign_in" else None,
        )
        for name, kind in kinds.items()
    )
    with settled(made, monkeypatch):
        yield providers


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """A user who can sign in at a real provider."""
    made = Visitor()
    yield made
    await made.close()
