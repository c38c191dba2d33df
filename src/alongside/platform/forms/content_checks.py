"""Checks text for words that may identify a pupil or describe a child at risk.

Both checks are guesses from words. They warn and ask for a tick; the writer may then go on. Source: practice in the
sector (the safeguarding warning of FamilyHubs; domain.md §5.2, “no pupil names”).
"""

import re
from collections.abc import Iterable

NOT_NAMES = (
    "Premium|Voice|Progress|Protection|Development|Council|Leadership|Wellbeing|Support|Services?|Centred|"
    "Referral|Outcomes?|Numbers?|Groups?|Teachers?|Admissions?|Attendance|Behaviour|Conferenc\\w+|Data|"
    "English|Mathematics|Maths|Science|History|Geography|French|Spanish|German|Art|Music|Computing|Phonics|"
    "Reading|Writing|SEND?|EHCPs?|EAL|FSM|KS\\d|Years?|Reception|I|The|In|At|And|Who|We"
)
"""Words that follow “pupil” or “child” with a capital letter without being a name."""

NAME = rf"(?!(?:{NOT_NAMES})\b)(?:[A-Z]\b|[A-Z][a-z’'-]+)"
DATE = r"\d{1,2}(?:st|nd|rd|th)?[\s./-]+(?:\d{1,2}|[A-Za-z]{3,9})[\s./,-]+(?:\d{4}|\d{2})"

NAMES_A_PUPIL = re.compile(
    "|".join(
        (
            rf"\b(?i:pupil|child|student|boy|girl|learner)\s+(?:(?i:called|named)\s+)?{NAME}",
            rf"\b(?i:pupils|children|students|boys|girls|learners)\s*,?\s*(?i:called|named)\s+{NAME}",
            (
                rf"\b(?i:son|daughter|grandson|granddaughter|stepson|stepdaughter|brother|sister|mother|mum|father"
                rf"|dad|carer|parents?)\s+of\s+(?:(?i:mr|mrs|ms|miss|dr)\.?\s+)?{NAME}"
            ),
            rf"\b{NAME}[’']s\s+(?i:ehcp?|mum|mother|dad|father|carers?|social worker|diagnosis|exclusion)\b",
            r"\b(?i:[a-hj-np-rt-z]\d{11}[\da-hj-np-rt-z])\b",
            rf"\b(?i:d\.?o\.?b\.?|date of birth|born)\b\W{{0,3}}(?:(?i:on|is|of)\W+)?{DATE}",
        )
    )
)
"""A name after “pupil”, “child” or similar; a person's child; a unique pupil number; a date of birth."""

SPEAKS_OF_HARM = re.compile(
    r"\b(?:safeguarding concern\w*|child protection|abus(?:e|ed|es|ing|ive)|neglect(?:ed|ing)?"
    r"|disclos(?:ed|ure|ures)|self[\s-]?harm\w*|suicid\w+|fgm|groom(?:ed|ing)|sexual exploitation"
    r"|criminal exploitation"
    r"|county lines|radicali[sz]\w+|at risk of (?:significant )?harm|significant harm|lado|domestic violence"
    r"|forced marriage|section 47|allegations? against)\b",
    re.IGNORECASE,
)
"""Words that belong in a safeguarding report and not in a request for school improvement."""


def may_name_a_pupil(texts: Iterable[str | None]) -> str | None:
    """Return the words that might identify a pupil, to show to the writer; None if there are none."""
    return _first(NAMES_A_PUPIL, texts)


def may_be_safeguarding(texts: Iterable[str | None]) -> str | None:
    """Return the words that may describe a child at risk, to report by the authority's own route; else None."""
    return _first(SPEAKS_OF_HARM, texts)


def _first(pattern: re.Pattern[str], texts: Iterable[str | None]) -> str | None:
    for written in texts:
        found = pattern.search(written or "")
        if found:
            return found.group(0)
    return None
