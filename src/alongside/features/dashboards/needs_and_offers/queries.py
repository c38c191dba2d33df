"""The SELECT of the list, built and cached once for each combination of filters and order."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Float,
    Integer,
    Select,
    SQLColumnExpression,
    Subquery,
    Text,
    TextClause,
    and_,
    any_,
    bindparam,
    cast,
    column,
    exists,
    extract,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consortia.models import ConsortiumMembership
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer, OfferTheme
from alongside.features.schools.distance import miles_to_school
from alongside.features.schools.models import School
from alongside.features.schools.term_dates.day_by_school import day_of_school
from alongside.platform.access.authorisation import scope_condition, scope_params
from alongside.platform.access.permissions import Permission, Scope, scope_for
from alongside.platform.access.principal import Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.database.reads import Read, fetch_all, fetch_one

PAGE_LENGTH = 25
Condition = ColumnElement[bool] | TextClause
Chosen = TypeVar("Chosen", bound=Select[*tuple[object, ...]])
HERE: BindParameter[int] = bindparam("authority_id", type_=Integer)
AFTER = tuple_(bindparam("after_score", type_=Float), bindparam("after_id"))


def _miles() -> ColumnElement[float]:
    """Straight-line miles from the person's school on the National Grid; NULL without both coordinates."""
    return miles_to_school("easting", "northing")


def _score(
    sort: str, urgency: SQLColumnExpression[str | None], posted_at: SQLColumnExpression[datetime | None]
) -> ColumnElement[float]:
    """The sort score, highest first."""
    match sort:
        case "nearest":
            return func.coalesce(-_miles(), literal_column("-9999.0"))
        case "urgent":
            ranked = func.array_position(bindparam("urgencies", type_=ARRAY(Text)), urgency)
            return cast(func.coalesce(-ranked, literal_column("-99")), Float)
        case _:
            return cast(extract("epoch", posted_at), Float)


def _conditions_of_list(
    table: type[Need | Offer], scope: Scope | None, filters: frozenset[str]
) -> list[Condition]:
    """The conditions of the list that needs and offers share: scope, school and filters."""
    kept: list[Condition] = [
        table.authority_id == HERE,
        text("school.status IN ('open', 'closing')"),
        scope_condition(scope, table.school_urn, visible_to_authority_from=table.visible_to_authority_from),
    ]
    if "q" in filters:
        asked = func.websearch_to_tsquery(literal_column("'english'"), bindparam("q", type_=Text))
        kept.append(or_(table.words.op("@@")(asked), matches_words(School.folded_name, words="q")))
    if "consortium" in filters:
        today = bindparam("today", type_=Date)
        kept.append(
            table.school_urn.in_(
                select(ConsortiumMembership.school_urn).where(
                    ConsortiumMembership.authority_id == HERE,
                    ConsortiumMembership.consortium_id == bindparam("consortium"),
                    ConsortiumMembership.starts_on <= today,
                    or_(ConsortiumMembership.ends_on.is_(None), ConsortiumMembership.ends_on > today),
                )
            )
        )
    if "within" in filters:
        kept.append(_miles() <= bindparam("within", type_=Float))
    if "since" in filters:
        kept.append(table.posted_at > bindparam("since"))
    return kept


def _needs(scope: Scope | None, sort: str, filters: frozenset[str]) -> Subquery:
    score = _score(sort, Need.urgency, Need.posted_at)
    kept: list[Condition] = [
        *_conditions_of_list(Need, scope, filters),
        text("need.state IN ('open', 'proposed')"),
    ]
    if "theme" in filters:
        kept.append(Need.theme == bindparam("theme", type_=Text))
    if "phase" in filters:
        kept.append(Need.phase == bindparam("phase", type_=Text))
    made = select(
        literal_column("'need'").label("kind"),
        Need.id,
        score.label("score"),
        Need.title,
        func.array_append(cast(literal_column("'{}'"), ARRAY(Text)), Need.theme).label("themes"),
        func.array_append(cast(literal_column("'{}'"), ARRAY(Text)), Need.phase).label("phases"),
        Need.urgency,
        Need.days,
        Need.posted_at,
        Need.confirmed_on,
        Need.school_urn,
        School.name.label("school_name"),
        _miles().label("miles"),
        Need.state,
    ).join(School, and_(School.authority_id == Need.authority_id, School.urn == Need.school_urn))
    return _paged(made.where(*kept), Need, sort, score, filters).subquery("need")


def _offers(scope: Scope | None, sort: str, filters: frozenset[str]) -> Subquery:
    score = _score(sort, null(), Offer.posted_at)
    mine = and_(OfferTheme.authority_id == HERE, OfferTheme.offer_id == Offer.id)
    kept: list[Condition] = [
        *_conditions_of_list(Offer, scope, filters),
        text("offer.state = 'live'"),
        text("offer.appetite <> 'no'"),
        Offer.confirmed_on >= day_of_school(Offer.school_urn),
    ]
    if "theme" in filters:
        kept.append(exists().where(mine, OfferTheme.theme == bindparam("theme", type_=Text)))
    if "phase" in filters:
        wanted = bindparam("phase", type_=Text)
        kept.append(or_(wanted == any_(Offer.phases), func.cardinality(Offer.phases) == literal_column("0")))
    made = select(
        literal_column("'offer'").label("kind"),
        Offer.id,
        score.label("score"),
        Offer.title,
        select(func.array_agg(OfferTheme.theme)).where(mine).scalar_subquery().label("themes"),
        Offer.phases,
        cast(null(), Text).label("urgency"),
        (Offer.days_total - Offer.days_taken).label("days"),
        Offer.posted_at,
        Offer.confirmed_on,
        Offer.school_urn,
        School.name.label("school_name"),
        _miles().label("miles"),
        Offer.state,
    ).join(School, and_(School.authority_id == Offer.authority_id, School.urn == Offer.school_urn))
    return _paged(made.where(*kept), Offer, sort, score, filters).subquery("offer")


def _paged(
    made: Chosen, table: type[Need | Offer], sort: str, score: ColumnElement[float], filters: frozenset[str]
) -> Chosen:
    """One page plus one row from a position; the newest first use the index directly."""
    if sort == "newest":
        if "after" in filters:
            made = made.where(
                tuple_(table.posted_at, table.id) < tuple_(bindparam("after_at"), bindparam("after_id"))
            )
        made = made.order_by(table.posted_at.desc(), table.id.desc())
    else:
        if "after" in filters:
            made = made.where(tuple_(score, table.id) < AFTER)
        made = made.order_by(score.desc(), table.id.desc())
    return made.limit(literal_column(str(PAGE_LENGTH + 1)))


@lru_cache(maxsize=512)
def board_statement(
    scope: Scope | None, kind: str, sort: str, filters: frozenset[str]
) -> Select[*tuple[object, ...]]:
    """The statement for one combination. `filters` are the names of the filters that are set."""
    arms = [
        arm(scope, sort, filters)
        for name, arm in (("need", _needs), ("offer", _offers))
        if kind in ("", name)
    ]
    if len(arms) == 1:
        return select(arms[0]).order_by(text("score DESC"), text("id DESC"))
    both = union_all(*(select(arm) for arm in arms)).subquery("post")
    return (
        select(both)
        .order_by(both.c.score.desc(), both.c.id.desc())
        .limit(literal_column(str(PAGE_LENGTH + 1)))
    )


class Post(msgspec.Struct, frozen=True):
    """A need or an offer in the list, as `board_statement` selects it; `miles` from the person's school."""

    kind: str
    id: UUID
    score: float
    title: str
    themes: list[str]
    phases: list[str]
    urgency: str | None
    days: Decimal | None
    posted_at: datetime
    confirmed_on: date
    school_urn: int
    school_name: str
    miles: float | None
    state: str


@lru_cache(maxsize=512)
def board_read(scope: Scope | None, kind: str, sort: str, filters: frozenset[str]) -> Read[Post]:
    """The compiled statement for one combination."""
    return Read(board_statement(scope, kind, sort, filters), Post)


@lru_cache(maxsize=512)
def news_read(scope: Scope | None, kind: str, filters: frozenset[str]) -> Read[int]:
    """The compiled statement that counts posts since the page was shown, up to one page."""
    posts = board_statement(scope, kind, "newest", filters | {"since"}).subquery("news")
    return Read(select(func.count(column("id"))).select_from(posts), int)


async def posts_on_board(
    session: AsyncSession, person: Principal, kind: str, sort: str, values: dict[str, object]
) -> list[Post]:
    """Up to 26 posts: one page, and one more if there is another page. `values` holds the filters that are set."""
    read = board_read(scope_for(person.role, Permission.VIEW_POST), kind, sort, _set(values))
    return await fetch_all(session, read, _filled(person, values))


async def posts_since(session: AsyncSession, person: Principal, kind: str, values: dict[str, object]) -> int:
    """The number of posts newer than `values["since"]`, 26 at most."""
    read = news_read(scope_for(person.role, Permission.VIEW_POST), kind, _set(values))
    return await fetch_one(session, read, _filled(person, values)) or 0


def _set(values: dict[str, object]) -> frozenset[str]:
    named = ("q", "theme", "phase", "consortium", "within")
    found = {name for name in named if values.get(name) not in (None, "")}
    return frozenset(found | ({"after"} if "after_id" in values else set()))


def _filled(person: Principal, values: dict[str, object]) -> dict[str, object]:
    return (
        {"authority_id": person.authority_id, "today": person.today}
        | values
        | scope_params(person, Permission.VIEW_POST)
    )
