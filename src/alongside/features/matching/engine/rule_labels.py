"""The hard rules and the parts of a score, in the order in which they are shown, with their labels."""

from enum import IntFlag, StrEnum


class Rule(IntFlag):
    """Why an offer cannot be matched with a need.

    A pair may break several rules; the lowest is shown first.
    """

    OWN_SCHOOL = 1 << 0
    PHASE = 1 << 1
    STRENGTH = 1 << 2
    SUSPENSION = 1 << 3
    UNCONFIRMED = 1 << 4
    SAME_GROUP = 1 << 5
    EXCLUDED = 1 << 6
    INTEREST = 1 << 7
    FORBIDDEN = 1 << 8
    DECLINED = 1 << 9
    NOT_SHOWN = 1 << 10
    DESIGNATION = 1 << 11
    DATES = 1 << 12
    TRAVEL = 1 << 13
    DAYS = 1 << 14
    ENGAGEMENTS = 1 << 15
    SCORE = 1 << 16

    @property
    def key(self) -> str:
        """The key of the rule in stored counts: “same_group”."""
        return (self.name or "").lower()


RULES: tuple[Rule, ...] = tuple(Rule)

RULE_WORDS = {
    "own_school": "of the school itself",
    "phase": "for schools of another phase",
    "strength": "about another theme or not strong enough in this one",
    "suspension": "from schools that are not in a position to support others at present",
    "unconfirmed": "not available at present: not confirmed lately, “not this year”, or an expired designation",
    "same_group": "from the same trust or federation",
    "excluded": "ruled out by one of the two schools",
    "interest": "with a declared interest",
    "forbidden": "kept out of the plan by those who lead it",
    "declined": "declined before",
    "not_shown": "kept within a consortium for now",
    "designation": "without the designation that is asked for",
    "dates": "not at the time when it is needed",
    "travel": "too far away",
    "days": "without enough days left",
    "engagements": "already supporting as many schools as they can",
    "score": "too weak a match in all",
}
"""The words after “12 offers are …” for each rule."""


class Part(StrEnum):
    """A part of the score, each 0 to 1000 before weighting."""

    EXPERTISE = "expertise"
    TRACK_RECORD = "track_record"
    TRAVEL = "travel"
    CONTEXT = "context"
    LOCALITY = "locality"
    BURDEN = "burden"


PARTS: tuple[Part, ...] = tuple(Part)

PART_WORDS = {
    Part.EXPERTISE: "Strength in this theme",
    Part.TRACK_RECORD: "What those it supported say",
    Part.TRAVEL: "Nearness",
    Part.CONTEXT: "Likeness of the two schools",
    Part.LOCALITY: "Same consortium",
    Part.BURDEN: "How little it has been asked of lately",
}

WHY_NEUTRAL = {
    Part.EXPERTISE: "Nothing shows yet how strong it is",
    Part.TRACK_RECORD: "Nobody has reviewed its support yet",
    Part.TRAVEL: "The register does not say where one of the two is",
    Part.CONTEXT: "Nothing is known of both that could be compared",
    Part.LOCALITY: "One of the two belongs to no consortium",
    Part.BURDEN: "Nobody knows what it gave lately",
}
"""Why a part is neutral: which fact is unknown."""

FEW_REVIEWS = "Few reviews so far, so what is usual counts too"

TRAITS = {
    "pupils": "number of pupils",
    "fsm": "free school meals",
    "eal": "English as an additional language",
    "send": "special educational needs",
    "urban": "town or country",
}
"""The facts that are compared between two schools, in the order of the columns, with labels."""
