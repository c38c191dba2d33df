"""The settings of bodies that decide: their constituencies and seats, remits, and the rules of their meetings."""

from typing import Annotated, Literal

import msgspec

from alongside.features.authorities.setting_types import Hint, Key, Line

SCHOOL_HOLDERS = ("headteacher", "chair_of_governors")
"""Holders of a seat who represent a school."""

SCHOOL_KINDS = (*SCHOOL_HOLDERS, "consortium_lead")
"""Holders of a seat who count for the majority of schools."""

SEATS = Annotated[int, msgspec.Meta(ge=1, le=40)]


class Constituency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group that fills seats of a body.

    `holders` is who may hold a seat, `sector` limits schools to maintained ones or academies. A seat that is not
    `voting` may speak only. `how` and `by` say who elects or appoints. `apportioned` constituencies share their seats
    by numbers of pupils, each with its `guaranteed` seats first.
    """

    label: Line
    seats: SEATS
    holders: Literal[
        "headteacher",
        "chair_of_governors",
        "consortium_lead",
        "officer",
        "councillor",
        "independent",
        "partner",
    ]
    phase: Literal["primary", "secondary", "special"] | None = None
    sector: Literal["maintained", "academy"] | None = None
    voting: bool = True
    how: Literal["elected", "appointed"] = "elected"
    by: Line
    apportioned: bool = False
    guaranteed: Annotated[int, msgspec.Meta(ge=0, le=40)] = 0


class Quorum(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The share of seats that must be present.

    `of` is what the share is taken of: all voting seats, the filled voting seats, or all seats that are filled. The
    regulation on the Schools Forum says “two fifths of the membership”, which is read in two ways: of all seats, or of
    those that are filled. Source: Schools Forums (England) Regulations 2012, regulation 8.
    """

    numerator: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    denominator: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    of: Literal["voting_seats", "filled_voting_seats", "seats", "filled_seats"] = "voting_seats"


class Remit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A subject on which a body decides.

    `voters` are the constituencies that vote (none: all voting seats). `quorum` replaces the body's. `public` meetings
    are open to everybody. `overruling` allows the authority to overrule on a statutory ground. `secret_ballots` are
    for electing people only.
    """

    label: Line
    source: Hint = ""
    voters: tuple[Key, ...] = ()
    quorum: Quorum | None = None
    public: bool = False
    overruling: bool = False
    secret_ballots: bool = True


class BodySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A body that decides, and its rules.

    `chair` is independent, or from among the members; `chair_never` are holders of seats who cannot be the chair.
    `casting_vote` is the chair's second vote. `majority` is of those who vote. `notice_days` are clear days before a
    meeting. `school_majority` requires that more than half of the voting seats are those of schools.
    """

    name: Line
    kind: Literal["board", "partnership", "forum", "commission", "management_board"]
    remits: dict[Key, Remit]
    constituencies: dict[Key, Constituency]
    term_years: Annotated[int, msgspec.Meta(ge=1, le=8)] = 3
    chair: Literal["independent", "from_members"] = "from_members"
    chair_never: tuple[Literal["councillor", "officer"], ...] = ()
    casting_vote: bool = False
    quorum: Quorum = Quorum()
    majority: Literal["simple", "two_thirds", "three_quarters"] = "simple"
    notice_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 7
    meetings_a_year: Annotated[int, msgspec.Meta(ge=1, le=24)] = 6
    publication: Literal["public", "schools", "members"] = "schools"
    school_majority: bool = False


def mistakes_of_body(body: BodySettings) -> list[tuple[str, str]]:
    """Return the mistakes in the rules of a body, each with its path below the body and how to correct it."""
    found = []
    if not body.constituencies:
        found.append(("constituencies", "Nobody has a seat. Add a constituency with its seats."))
    if not body.remits:
        found.append(("remits", "It decides on nothing. Add a remit."))
    voting = [one for one in body.constituencies.values() if one.voting]
    if body.constituencies and not voting:
        found.append(("constituencies", "Nobody can vote. Let at least one constituency vote."))
    schools = sum(one.seats for one in voting if one.holders in SCHOOL_KINDS)
    if body.school_majority and 2 * schools <= sum(one.seats for one in voting):
        sentence = (
            f"Schools have {schools} of {sum(one.seats for one in voting)} votes. Give them more than half."
        )
        found.append(("constituencies", sentence))
    for key, one in body.constituencies.items():
        found += [(f"constituencies.{key}.{path}", sentence) for path, sentence in _of_constituency(one)]
    for key, remit in body.remits.items():
        found += [(f"remits.{key}.{path}", sentence) for path, sentence in _of_remit(body, remit)]
    if body.quorum.numerator > body.quorum.denominator:
        found.append(("quorum", "The quorum is more than all seats. Lower the numerator."))
    if body.chair == "from_members" and not any(one.holders not in body.chair_never for one in voting):
        found.append(("chair_never", "Nobody could be the chair. Take a kind of seat out."))
    return found + _of_forum(body)


def _of_constituency(one: Constituency) -> list[tuple[str, str]]:
    found = []
    if one.guaranteed > one.seats:
        found.append(("guaranteed", f"It has {one.seats} seats. Guarantee no more than that."))
    if one.apportioned and (one.phase is None or one.holders not in SCHOOL_HOLDERS):
        found.append(
            ("apportioned", "Pupil numbers exist for schools of a phase only. Give a phase, or take it out.")
        )
    if one.sector is not None and one.holders not in SCHOOL_HOLDERS:
        found.append(("sector", "Only seats of schools have a sector. Take it out."))
    return found


def _of_remit(body: BodySettings, remit: Remit) -> list[tuple[str, str]]:
    found = []
    for key in remit.voters:
        if key not in body.constituencies:
            found.append(
                ("voters", f"There is no constituency {key}. Use a key of the body’s constituencies.")
            )
        elif not body.constituencies[key].voting:
            found.append(("voters", f"The seats of {key} do not vote. Take it out, or let them vote."))
    if remit.quorum and remit.quorum.numerator > remit.quorum.denominator:
        found.append(("quorum", "The quorum is more than all seats. Lower the numerator."))
    return found


def _of_forum(body: BodySettings) -> list[tuple[str, str]]:
    """Check a Schools Forum. Source: Schools Forums (England) Regulations 2012, regulation 8."""
    if body.kind != "forum":
        return []
    found = []
    if body.chair != "from_members":
        found.append(("chair", "A Schools Forum elects its chair from its members. Set from_members."))
    if set(body.chair_never) != {"councillor", "officer"}:
        found.append(("chair_never", "No councillor or officer chairs a Schools Forum. List both."))
    if body.meetings_a_year < 4:
        found.append(
            ("meetings_a_year", "A Schools Forum meets at least four times a year. Raise the number.")
        )
    if body.publication != "public":
        found.append(("publication", "A Schools Forum meets in public. Set public."))
    if body.quorum.numerator * 5 != body.quorum.denominator * 2:
        found.append(("quorum", "The quorum of a Schools Forum is two fifths. Set 2 and 5."))
    if any(remit.secret_ballots for remit in body.remits.values()):
        found.append(
            ("remits", "A Schools Forum has no secret ballots. Set secret_ballots = false in each remit.")
        )
    return found
