"""The list of needs and offers in FastAPI: the async ORM of SQLAlchemy, pydantic for the query, Jinja2."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Literal

import shared
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, Field
from sqlalchemy import DateTime, and_, or_, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, contains_eager, mapped_column, relationship

_database = shared.database()
engine = create_async_engine(
    URL.create(
        "postgresql+asyncpg",
        _database["user"],
        _database["password"],
        database=_database["name"],
        query={"host": _database["host"], "port": _database["port"]},
    ),
    pool_size=10,
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
MOMENT = DateTime(timezone=True)


class Base(DeclarativeBase):
    """The tables, which exist."""


class School(Base):
    __tablename__ = "school"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    status: Mapped[str]


class Person(Base):
    __tablename__ = "person"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    left_on: Mapped[dt.date | None]


class Consortium(Base):
    __tablename__ = "consortium"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    phase: Mapped[str]
    ended_on: Mapped[dt.date | None]


class RoleAssignment(Base):
    __tablename__ = "role_assignment"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    school_urn: Mapped[int | None]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    school: Mapped[School | None] = relationship(
        primaryjoin=lambda: and_(
            School.authority_id == RoleAssignment.authority_id,
            School.urn == RoleAssignment.school_urn,
        ),
        foreign_keys=lambda: [RoleAssignment.school_urn],
        viewonly=True,
    )


class UserSession(Base):
    __tablename__ = "user_session"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    person_id: Mapped[uuid.UUID]
    role_assignment_id: Mapped[uuid.UUID]
    seen_at: Mapped[dt.datetime] = mapped_column(MOMENT)
    expires_at: Mapped[dt.datetime] = mapped_column(MOMENT)
    ended_at: Mapped[dt.datetime | None] = mapped_column(MOMENT)
    person: Mapped[Person] = relationship(
        primaryjoin=lambda: and_(
            Person.authority_id == UserSession.authority_id, Person.id == UserSession.person_id
        ),
        foreign_keys=lambda: [UserSession.person_id],
        viewonly=True,
    )
    role_assignment: Mapped[RoleAssignment] = relationship(
        primaryjoin=lambda: and_(
            RoleAssignment.authority_id == UserSession.authority_id,
            RoleAssignment.id == UserSession.role_assignment_id,
        ),
        foreign_keys=lambda: [UserSession.role_assignment_id],
        viewonly=True,
    )


class Membership(Base):
    __tablename__ = "consortium_membership"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int]
    consortium_id: Mapped[uuid.UUID]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]


class Need(Base):
    __tablename__ = "need"
    authority_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int]
    state: Mapped[str]
    title: Mapped[str]
    theme: Mapped[str]
    phase: Mapped[str]
    urgency: Mapped[str]
    days: Mapped[float | None]
    posted_at: Mapped[dt.datetime] = mapped_column(MOMENT)
    confirmed_on: Mapped[dt.date | None]
    visible_to_authority_from: Mapped[dt.date | None]
    school: Mapped[School] = relationship(
        primaryjoin=lambda: and_(School.authority_id == Need.authority_id, School.urn == Need.school_urn),
        foreign_keys=lambda: [Need.school_urn],
        viewonly=True,
    )


class Requester(BaseModel, arbitrary_types_allowed=True):
    """The signed-in person and their authority."""

    authority_id: int
    authority: str
    person: Person
    own: School
    today: dt.date
    token: str


class Filters(BaseModel):
    """The filters above the list."""

    q: str = Field("", max_length=100)
    kind: Literal["", "need", "offer"] = ""
    theme: str = ""
    phase: str = ""
    consortium: str = ""
    within: int | None = Field(None, ge=1, le=200)
    sort: Literal["newest", "nearest", "urgent"] = "newest"


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction with the context of the host's authority."""
    tenant = shared.HOSTS.get(request.headers.get("host", ""))
    if tenant is None:
        raise HTTPException(404)
    request.state.tenant = tenant
    async with new_session() as session, session.begin():
        connection = await session.connection()
        raw = await connection.get_raw_connection()
        process = raw.info.get("process")
        if process is None:
            process = raw.info["process"] = await session.scalar(text(shared.PROCESS))
        context = shared.tenant_context(tenant[0], process)
        await session.execute(text(f"SET LOCAL alongside.tenant_context = '{context}'"))
        yield session


Session = Annotated[AsyncSession, Depends(open_session)]


def in_force(table, today):
    """The condition that a row with two dates is in force."""
    return and_(table.starts_on <= today, or_(table.ends_on.is_(None), table.ends_on > today))


async def find_requester(request: Request, session: Session) -> Requester:
    """The person of the session's cookie."""
    authority_id, authority = request.state.tenant
    now, today = dt.datetime.now(dt.UTC), dt.date.today()  # noqa: DTZ011
    token = request.cookies.get(shared.COOKIE, "")
    statement = (
        select(UserSession)
        .join(UserSession.person)
        .join(UserSession.role_assignment)
        .join(RoleAssignment.school)
        .options(
            contains_eager(UserSession.person),
            contains_eager(UserSession.role_assignment).contains_eager(RoleAssignment.school),
        )
        .where(
            UserSession.authority_id == authority_id,
            UserSession.token_hash == shared.token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - dt.timedelta(minutes=shared.IDLE_MINUTES),
            or_(Person.left_on.is_(None), Person.left_on > today),
            in_force(RoleAssignment, today),
        )
    )
    found = (await session.scalars(statement)).first()
    if found is None:
        raise HTTPException(401)
    return Requester(
        authority_id=authority_id,
        authority=authority,
        person=found.person,
        own=found.role_assignment.school,
        today=today,
        token=token,
    )


async def visible_posts(session: AsyncSession, requester: Requester, filters: Filters) -> list[Need]:
    """The open needs that a headteacher may see: of the own consortia, and those shown to all."""
    today, own = requester.today, requester.own
    of_school = select(Membership.consortium_id).where(
        Membership.authority_id == requester.authority_id,
        Membership.school_urn == own.urn,
        in_force(Membership, today),
    )
    mine = select(Membership.school_urn).where(
        Membership.authority_id == requester.authority_id,
        Membership.consortium_id.in_(of_school),
        in_force(Membership, today),
    )
    urns = {*(await session.scalars(mine)).all(), own.urn}
    statement = (
        select(Need)
        .join(Need.school)
        .options(contains_eager(Need.school))
        .where(
            Need.authority_id == requester.authority_id,
            Need.state.in_(["open", "proposed"]),
            School.status.in_(["open", "closing"]),
            or_(Need.school_urn.in_(urns), Need.visible_to_authority_from <= today),
        )
    )
    if filters.theme:
        statement = statement.where(Need.theme == filters.theme)
    if filters.phase:
        statement = statement.where(Need.phase == filters.phase)
    ordered = statement.order_by(Need.posted_at.desc(), Need.id.desc()).limit(shared.PAGE_LENGTH + 1)
    return list((await session.scalars(ordered)).all())


templates = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
)
app = FastAPI(openapi_url=None)


@app.get("/needs-and-offers")
async def list_needs_and_offers(
    request: Request,
    filters: Annotated[Filters, Query()],
    session: Session,
    requester: Annotated[Requester, Depends(find_requester)],
) -> Response:
    """The page, for needs only."""
    own = requester.own
    consortia = await session.scalars(
        select(Consortium)
        .where(Consortium.authority_id == requester.authority_id, Consortium.ended_on.is_(None))
        .order_by(Consortium.phase, Consortium.name)
        .limit(200)
    )
    choices = {
        "kind": shared.KINDS,
        "theme": [shared.ALL, *shared.THEMES.items()],
        "phase": [shared.ALL, *shared.PHASES.items()],
        "consortium": [shared.ALL, *((str(one.id), one.name) for one in consortia.all())],
        "sort": shared.SORTS,
    }
    posts = await visible_posts(session, requester, filters)

    def away(school: School) -> str | None:
        there = (school.easting, school.northing)
        return None if school.urn == own.urn else shared.miles((own.easting, own.northing), there)

    context = {
        "filters": filters,
        "choices": choices,
        "posts": posts[: shared.PAGE_LENGTH],
        "themes": shared.THEMES,
        "urgencies": shared.URGENCIES,
        "days": shared.days,
        "away": away,
        "posted": lambda moment: shared.days_ago(moment, requester.today),
        "authority": requester.authority,
        "person": requester.person,
        "navigation": shared.NAVIGATION,
        "csrf_token": shared.csrf_token(requester.token),
        "idempotency_key": uuid.uuid4().hex,
        "now": dt.datetime.now(dt.UTC).isoformat(),
    }
    return templates.TemplateResponse(request, "fastapi_list.html", context, headers=shared.HEADERS)
