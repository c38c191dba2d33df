"""The rows that each persona should find in every list, written by hand, without code of the product.

Rows are named as in `rows.py`: the kind first, then the place whose school it belongs to.
"""

from collections.abc import Callable, Iterable

from tests.personas import FORD, LOCK, MILL, NORTH, PARK, QUAY, SOUTHSHIRE, Persona

Names = Iterable[str]

HOMES = {MILL: "mill", PARK: "park", QUAY: "quay", LOCK: "lock", FORD: "ford"}
CONSORTIUM = {"mill": "north", "park": "north", "quay": "south", "lock": "south", "ford": "none of its own"}
GIVER = {"mill": "ford", "park": "lock", "quay": "lock", "ford": "lock", "twin": "twin ford"}
"""The school that supports the school of a place."""

SCHOOL = ("headteacher", "delegate")
LEADERS = ("consortium_lead", "consortium_deputy")
CORE = ("core_officer", "head_of_service")
ADMINISTRATOR = ("authority_administrator",)
GOVERNORS = ("chair_of_governors", "trust_officer", "diocese_officer")
BOARD = ("board_member", "clerk")
WITHOUT_POSTS = (*ADMINISTRATOR, *GOVERNORS, *BOARD)
"""Roles without interests, subscriptions or watched schools."""


def line_of(name: str) -> str:
    """Return the place in the name of a row."""
    return next(place for place in (*HOMES.values(), "twin") if place in name.split("-"))


def first_name(who: Persona) -> str:
    """Return the name for a persona's own rows."""
    return who.name.split()[0].lower() + ("-twin" if who.authority_id == SOUTHSHIRE else "")


def looked_after(who: Persona) -> set[str]:
    """Return the places that a persona is responsible for: their own school, their consortium's, or all."""
    role = who.role.value
    if who.authority_id == SOUTHSHIRE:
        return {"twin", "twin ford"} if role in CORE else {"twin"} if role in SCHOOL else set()
    if role in SCHOOL:
        return {HOMES[who.school_urn or 0]}
    if role in LEADERS:
        led = "north" if who.consortium_id == NORTH else "south"
        return {place for place, consortium in CONSORTIUM.items() if consortium == led}
    return set(CONSORTIUM) if role in CORE else set()


def neighbours(who: Persona) -> set[str]:
    """Return the places of the persona's consortium, whose shared rows they may see."""
    if who.authority_id == SOUTHSHIRE:
        return looked_after(who)
    near = {CONSORTIUM[one] for one in looked_after(who)}
    return {place for place, consortium in CONSORTIUM.items() if consortium in near}


def inside(who: Persona, name: str) -> bool:
    """Return whether a row belongs to the persona's authority."""
    return (line_of(name) == "twin") == (who.authority_id == SOUTHSHIRE)


def owner_of(name: str) -> str:
    """Return the place of the school that owns a need or an offer; an offer in a proposal is the supporter's."""
    place = line_of(name)
    return GIVER.get(place, place) if name.startswith("offer-of-") else place


def needs(who: Persona, names: Names) -> set[str]:
    """The needs of the schools the persona is responsible for, including drafts."""
    return {one for one in names if one.startswith("need-") and line_of(one) in looked_after(who)}


def offers(who: Persona, names: Names) -> set[str]:
    """The offers of the schools the persona is responsible for."""
    return {one for one in names if one.startswith("offer-") and owner_of(one) in looked_after(who)}


def board(who: Persona, names: Names) -> set[str]:
    """Open needs and current offers, within the consortium or visible to the whole authority."""
    if who.role.value not in (*SCHOOL, *LEADERS, *CORE):
        return set()
    posts = [
        one
        for one in names
        if one.startswith(("need-", "offer-"))
        and "-draft-" not in one
        and not one.startswith("need-of-agreement")
    ]
    return {
        one
        for one in posts
        if inside(who, one) and (one.endswith("-everybody") or owner_of(one) in neighbours(who))
    }


def _between(who: Persona, names: Names, kinds: tuple[str, ...]) -> set[str]:
    return {
        one
        for one in names
        if one.startswith(kinds)
        and inside(who, one)
        and {line_of(one), GIVER.get(line_of(one), line_of(one))} & looked_after(who)
    }


def proposals(who: Persona, names: Names) -> set[str]:
    """The proposals, with their needs, of which the persona is responsible for either school."""
    return _between(who, names, ("proposal-", "need-of-proposal-", "need-of-agreement-"))


def agreements(who: Persona, names: Names) -> set[str]:
    """The agreements, with their needs, of which the persona is responsible for either school."""
    return _between(who, names, ("agreement-", "need-of-agreement-"))


def plans(who: Persona, names: Names) -> set[str]:
    """The plans of the consortium for its leaders; all plans for the core team."""
    role = who.role.value
    mine: tuple[str, ...]
    if role in CORE:
        mine = ("plan-twin",) if who.authority_id == SOUTHSHIRE else ("plan-north", "plan-south", "plan-all")
    else:
        led = "north" if who.consortium_id == NORTH else "south"
        mine = (f"plan-{led}",) if role in LEADERS else ()
    return {one for one in names if mine and one.startswith(mine)}


def visits(who: Persona, names: Names) -> set[str]:
    """The visit requests of the persona's school, on either side; leads and the core team read none."""
    if who.role.value not in SCHOOL:
        return set()
    return _between(who, names, ("visit-",))


def escalations(who: Persona, names: Names) -> set[str]:
    """Heads: those about their own school that they were told of. Leaders: their consortium's. Core team: all.

    The escalations about Ford, which is in no consortium, were raised by the north one.
    """
    found = {one for one in names if one.startswith("case-") and inside(who, one)}
    role = who.role.value
    if role == "headteacher":
        return {one for one in found if line_of(one) in looked_after(who) and one.endswith("-told")}
    if role in LEADERS:
        also = {"ford"} if who.consortium_id == NORTH else set()
        return {one for one in found if line_of(one) in looked_after(who) | also}
    return found if role in CORE else set()


def entries(who: Persona, names: Names) -> set[str]:
    """The entries of the schools the persona is responsible for; for heads also those that wait for their check."""
    own = {one for one in names if one.startswith("entry-") and line_of(one) in looked_after(who)}
    if who.role.value != "headteacher":
        return own
    near = neighbours(who)
    return own | {
        one for one in names if one.startswith("entry-") and "-submitted-" in one and line_of(one) in near
    }


def directory(who: Persona, names: Names) -> set[str]:
    """The verified entries: those within the consortium, and those visible beyond it."""
    if who.role.value not in (*SCHOOL, *LEADERS, *CORE):
        return set()
    return {
        one
        for one in names
        if one.startswith("entry-")
        and "-verified-" in one
        and inside(who, one)
        and (not one.endswith("-consortium") or line_of(one) in neighbours(who))
    }


def public(who: Persona | None, names: Names) -> set[str]:
    """The entries that are public, of the host's authority."""
    twin = who is not None and who.authority_id == SOUTHSHIRE
    return {
        one
        for one in names
        if one.startswith("entry-") and one.endswith("-public") and (line_of(one) == "twin") == twin
    }


def _by_school(kind: str, roles: tuple[str, ...]) -> "Rule":
    def rule(who: Persona, names: Names) -> set[str]:
        places = looked_after(who) if who.role.value in roles else set()
        return {one for one in names if one.startswith(f"{kind}-") and line_of(one) in places}

    return rule


def _everywhere(kind: str, roles: tuple[str, ...]) -> "Rule":
    def rule(who: Persona, names: Names) -> set[str]:
        found = {one for one in names if one.startswith(f"{kind}-")}
        return {one for one in found if inside(who, one)} if who.role.value in roles else set()

    return rule


def _own(kind: str, all_for: tuple[str, ...] = (), besides: tuple[str, ...] = ()) -> "Rule":
    def rule(who: Persona, names: Names) -> set[str]:
        twin = who.authority_id == SOUTHSHIRE
        if who.role.value in besides:
            return set()
        if who.role.value in all_for:
            return {one for one in names if one.startswith(f"{kind}-") and one.endswith("-twin") == twin}
        return {f"{kind}-{first_name(who)}"} & set(names)

    return rule


def invitations(who: Persona, names: Names) -> set[str]:
    """Heads: those of their delegates; administrators: all."""
    found = {one for one in names if one.startswith("invited-") and inside(who, one)}
    if who.role.value == "authority_administrator":
        return found
    return (
        {one for one in found if line_of(one) in looked_after(who)}
        if who.role.value == "headteacher"
        else set()
    )


def outbox(who: Persona, names: Names) -> set[str]:
    """The demonstration shows its emails to everybody of the authority."""
    twin = who.authority_id == SOUTHSHIRE
    return {one for one in names if one.startswith("mail-") and one.endswith("-twin") == twin}


def found_needs(who: Persona, names: Names) -> set[str]:
    """Own needs with their drafts, those on the list, and posted ones of the consortium that have a partner."""
    if who.role.value in WITHOUT_POSTS:
        return set()
    near = neighbours(who)
    posted = {
        one
        for one in names
        if one.startswith("need-of-agreement") and inside(who, one) and owner_of(one) in near
    }
    return needs(who, names) | {one for one in board(who, names) if one.startswith("need-")} | posted


def found_offers(who: Persona, names: Names) -> set[str]:
    """Offers on the list, and the drafts of the own school only: leaders see no draft of an offer."""
    on_list = {one for one in board(who, names) if one.startswith("offer-")}
    drafts = {one for one in offers(who, names) if "-draft-" in one and who.school_urn is not None}
    return on_list | drafts


def found_entries(who: Persona, names: Names) -> set[str]:
    """Entries of the list of entries and of the directory."""
    return entries(who, names) | directory(who, names)


def watched(who: Persona, names: Names) -> set[str]:
    """What changed at Mill, which every persona watches: offers and entries for schools, for others also the rest."""
    place = "twin" if who.authority_id == SOUTHSHIRE else "mill"
    if who.role.value in WITHOUT_POSTS or (place == "twin" and who.role.value in SCHOOL):
        return set()
    found = {one for one in found_offers(who, names) if owner_of(one) == place}
    found |= {one for one in found_entries(who, names) if line_of(one) == place and "-verified-" in one}
    if who.role.value in SCHOOL:
        return found
    found |= {one for one in agreements(who, names) if line_of(one) == place}
    return found | {one for one in found_needs(who, names) if line_of(one) == place}


Rule = Callable[[Persona, Names], set[str]]
EXACTLY: dict[str, Rule] = {
    "/account": _own("device"),
    "/needs-and-offers": board,
    "/escalations": escalations,
    "/escalations.csv": escalations,
    "/directory": directory,
    "/directory/entries": entries,
    "/directory/subscriptions": _own("following", besides=WITHOUT_POSTS),
    "/directory/found.csv": directory,
    "/directory/found.jsonl": directory,
    "/directory/found.xlsx": directory,
    "/exclusions": _by_school("exclusion", ("headteacher", *CORE)),
    "/support-suspensions": _everywhere("unfit", CORE),
    "/interests": _own("interest", all_for=CORE, besides=WITHOUT_POSTS),
    "/failed-emails": lambda who, names: {
        one
        for one in _own("mail-given_up", all_for=ADMINISTRATOR)(who, names)
        if who.role.value in ADMINISTRATOR
    },
    "/needs": needs,
    "/needs.csv": needs,
    "/notifications": _own("notification"),
    "/offers": offers,
    "/offers.csv": offers,
    "/outbox": outbox,
    "/agreements": agreements,
    "/people": invitations,
    "/plans": plans,
    "/proposals": proposals,
    "/visit-requests": visits,
    "/watched-schools": watched,
    "/data-protection": _everywhere("hold", (*ADMINISTRATOR, "head_of_service")),
}
"""The lists, with the exact rows that each shows to a persona."""

FIRST_PAGES = ("/", "/home", "/consortium", "/governors")
"""Pages that show excerpts of several lists, and no other rows."""


def first_page(who: Persona, names: Names) -> set[str]:
    """Return all rows that a persona may find in any list."""
    every = [needs, offers, board, proposals, agreements, visits, plans, escalations, entries, directory]
    own = [_own("notification"), _own("view")]
    return set().union(*(rule(who, names) for rule in (*every, *own)))


PUBLIC = ("/good-practice", "/good-practice.atom", "/good-practice.json")
"""Public pages, for people who are signed in or not."""
