"""Statements that read motions: one with its parts, those of a body, what waits for a person, and the count."""

from sqlalchemy import Date, Integer, TextClause, Uuid, bindparam, text

from alongside.features.motions.electorate import Interest
from alongside.features.motions.rows import (
    Choice,
    Count,
    DerivedInterest,
    ElectorRow,
    InterestRow,
    MotionRow,
    OverrulingRow,
    ReferralRow,
    SubjectRow,
    Waiting,
    YearCount,
)
from alongside.platform.database.reads import Read

_ELECTOR = "motion_elector e WHERE e.authority_id = m.authority_id AND e.motion_id = m.id AND e.may_vote"
_VOTE = "vote v WHERE v.authority_id = m.authority_id AND v.motion_id = m.id AND v.superseded_by IS NULL"
_PERSON = "(SELECT p.name FROM person p WHERE p.authority_id = m.authority_id AND p.id = m.{})"
_OWN = f"SELECT e.seat_id FROM {_ELECTOR} AND e.person_id = :person_id"  # noqa: S608 (of constants above)
_BESIDES = {
    "body_key": "b.key",
    "body_name": "b.name",
    "tabled_by": _PERSON.format("tabled_by"),
    "owner": _PERSON.format("owner_id"),
    "voters": f"(SELECT count(*)::integer FROM {_ELECTOR})",  # noqa: S608 (of constants above)
    "cast": f"(SELECT count(*)::integer FROM {_VOTE})",  # noqa: S608 (of constants above)
    "own_seat": f"({_OWN} LIMIT 1)",
    "own_choice": f"(SELECT v.choice FROM {_VOTE} AND v.seat_id IN ({_OWN}) LIMIT 1)",  # noqa: S608
    "overruled": "EXISTS (SELECT FROM motion_overruling o"
    " WHERE o.authority_id = m.authority_id AND o.motion_id = m.id)",
}
_COLUMNS = ", ".join(_BESIDES.get(name, f"m.{name}") for name in MotionRow.__struct_fields__)
_SHOWN = (
    f"SELECT {_COLUMNS} FROM motion m"  # noqa: S608 (of constants above)
    " JOIN body b ON b.authority_id = m.authority_id AND b.id = m.body_id WHERE m.authority_id = :authority_id"
)
_IDS = (bindparam("authority_id", type_=Integer), bindparam("motion_id", type_=Uuid))
_ME = bindparam("person_id", type_=Uuid)


def _of_motion(sql: str) -> TextClause:
    return text(sql).bindparams(*_IDS)


ONE = Read(_of_motion(f"{_SHOWN} AND m.id = :motion_id").bindparams(_ME), MotionRow)
OF_BODY = Read(
    text(
        f"{_SHOWN} AND m.body_id = :body_id AND m.state = ANY(CAST(:states AS text[]))"
        " ORDER BY m.tabled_at DESC, m.id DESC LIMIT :most OFFSET :skipped"
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("body_id", type_=Uuid),
        _ME,
        bindparam("most", type_=Integer),
        bindparam("skipped", type_=Integer),
    ),
    MotionRow,
)
ELECTORS = Read(
    _of_motion(
        "SELECT e.seat_id, s.constituency, s.number, p.name, e.may_vote, e.may_speak, e.present, e.reason, v.choice"
        " FROM motion_elector e JOIN seat s ON s.authority_id = e.authority_id AND s.id = e.seat_id"
        " LEFT JOIN person p ON p.authority_id = e.authority_id AND p.id = e.person_id"
        " LEFT JOIN vote v ON v.authority_id = e.authority_id AND v.motion_id = e.motion_id"
        " AND v.seat_id = e.seat_id AND v.superseded_by IS NULL"
        " WHERE e.authority_id = :authority_id AND e.motion_id = :motion_id"
        " ORDER BY e.may_vote DESC, s.constituency, s.number LIMIT 400"
    ),
    ElectorRow,
)
SHOWN_INTERESTS = Read(
    _of_motion(
        "SELECT i.seat_id, p.name, i.source, i.label, i.followed, i.dispensation_reason, d.name"
        " FROM motion_interest i JOIN person p ON p.authority_id = i.authority_id AND p.id = i.person_id"
        " LEFT JOIN person d ON d.authority_id = i.authority_id AND d.id = i.dispensed_by"
        " WHERE i.authority_id = :authority_id AND i.motion_id = :motion_id ORDER BY p.name, i.source, i.id LIMIT 400"
    ),
    InterestRow,
)
INTERESTS = Read(
    _of_motion(
        "SELECT seat_id, followed, label, dispensed_by IS NOT NULL, source = 'derived' FROM motion_interest"
        " WHERE authority_id = :authority_id AND motion_id = :motion_id ORDER BY source DESC, id"
    ),
    Interest,
)
OVERRULING = Read(
    _of_motion(
        "SELECT o.ground, o.legal_basis, o.reason, p.name, o.overruled_at FROM motion_overruling o"
        " JOIN person p ON p.authority_id = o.authority_id AND p.id = o.officer_id"
        " WHERE o.authority_id = :authority_id AND o.motion_id = :motion_id"
    ),
    OverrulingRow,
)
REFERRAL = Read(
    _of_motion(
        "SELECT r.reason, p.name, r.referred_at, r.outcome, r.outcome_on FROM motion_referral r"
        " JOIN person p ON p.authority_id = r.authority_id AND p.id = r.referred_by"
        " WHERE r.authority_id = :authority_id AND r.motion_id = :motion_id"
    ),
    ReferralRow,
)
SCHOOLS = Read(
    _of_motion(
        "SELECT g.name FROM motion m JOIN school g ON g.authority_id = m.authority_id AND g.urn = ANY(m.schools)"
        " WHERE m.authority_id = :authority_id AND m.id = :motion_id ORDER BY g.name"
    ),
    str,
)
DERIVED = Read(
    _of_motion(
        """
        SELECT t.seat_id, t.person_id, min(g.name)
          FROM motion m
          JOIN seat_appointment t ON t.authority_id = m.authority_id AND t.body_id = m.body_id
           AND t.from_on <= :today AND (t.until_on IS NULL OR t.until_on > :today)
          JOIN school g ON g.authority_id = m.authority_id AND g.urn = ANY(m.schools)
         WHERE m.authority_id = :authority_id AND m.id = :motion_id
           AND g.urn IN (SELECT interests_of(:authority_id, t.person_id, :today))
         GROUP BY t.seat_id, t.person_id ORDER BY t.seat_id
        """
    ).bindparams(bindparam("today", type_=Date)),
    DerivedInterest,
)
SUBJECTS = Read(
    _of_motion(
        "SELECT kind, subject, label FROM motion_subject"
        " WHERE authority_id = :authority_id AND motion_id = :motion_id ORDER BY label, id LIMIT 1000"
    ),
    SubjectRow,
)
COUNT = Read(_of_motion("SELECT * FROM count_of_motion(:authority_id, :motion_id)"), Count)
_WAITING = (
    "SELECT m.id, m.reference, m.title, b.name, m.state, m.closes_at FROM motion m"
    " JOIN body b ON b.authority_id = m.authority_id AND b.id = m.body_id WHERE m.authority_id = :authority_id AND {}"
    " ORDER BY m.closes_at NULLS LAST, m.id LIMIT 200"
)
TO_VOTE = Read(
    text(
        _WAITING.format(
            f"m.state = 'open' AND m.how = 'written' AND m.closes_at > now() AND EXISTS ({_OWN} AND NOT EXISTS"
            f" (SELECT FROM {_VOTE} AND v.seat_id = e.seat_id))"
        )
    ).bindparams(bindparam("authority_id", type_=Integer), _ME),
    Waiting,
)
_TO_CLOSE = "m.state = 'open' AND (m.how = 'meeting' OR m.closes_at <= now())"
TO_MANAGE = Read(text(_WAITING.format(f"(m.state IN ('tabled', 'tied') OR {_TO_CLOSE})")), Waiting)
PAST_CLOSING = Read(text(_WAITING.format("m.state = 'open' AND m.closes_at <= now()")), Waiting)
OVERRULED = Read(
    text(
        "SELECT extract(year FROM timezone('Europe/London', o.overruled_at))::integer, count(*)::integer"
        " FROM motion_overruling o JOIN motion m ON m.authority_id = o.authority_id AND m.id = o.motion_id"
        " WHERE o.authority_id = :authority_id AND m.body_id = :body_id GROUP BY 1 ORDER BY 1 DESC LIMIT 10"
    ).bindparams(bindparam("body_id", type_=Uuid)),
    YearCount,
)
SCHOOL_CHOICES = Read(
    text(
        "SELECT urn::text, name FROM school WHERE authority_id = :authority_id AND status IN ('open', 'closing')"
        " ORDER BY name, urn LIMIT 1000"
    ),
    Choice,
)
