"""Draft entries of the demonstration's directory; texts and figures are invented."""

from decimal import Decimal


def _entry(
    title: str, theme: str, stage: str, problem: str, did: str, evidence: str, needed: str
) -> tuple[str, dict[str, object]]:
    """The phase and the form data of an entry of a primary or secondary school, by key stage."""
    phase = "secondary" if stage in ("ks3", "ks4") else "primary"
    return phase, {
        "kind": "practice",
        "title": title,
        "themes": [theme],
        "phases": [phase],
        "key_stages": [stage],
        "problem": problem,
        "context": "An average school for its area: two classes in each year, and few changes of staff.",
        "what_we_did": did,
        "evidence": evidence,
        "claimed_level": 1,
        "what_to_avoid": "",
        "what_you_need": needed,
        "cost_pence": 24_000,
        "staff_hours": Decimal(30),
        "staff_time": "Mostly teaching assistants",
        "term": None,
        "who_to_ask": "Deputy headteacher",
        "visibility": "authority",
    }


ENTRIES = (
    _entry(
        "Reading buddies across year groups",
        "early_reading",
        "ks1",
        "Pupils who read well had few to read to, and those who did not had few to hear them.",
        "1. Year 5 pairs with Year 1 for fifteen minutes, **three times a week**\n2. The older ones are trained first",
        "Fluency of the younger ones rose by eleven words a minute in a term.",
        "- A timetable that holds\n- Two hours to train the older pupils",
    ),
    _entry(
        "A calm start: ten minutes before the bell",
        "behaviour",
        "ks2",
        "Mornings began with quarrels carried in from the playground.",
        "Doors open ten minutes early; a task waits on every table; two adults greet by name.",
        "Incidents before nine fell from nine a week to two.",
        "- Adults at the doors\n- A task that needs no explaining",
    ),
    _entry(
        "Maths facts in assembly time",
        "mathematics",
        "ks2",
        "Half of Year 6 still counted on fingers.",
        "Four minutes a day, the same facts for a week, answered in chorus and then alone.",
        "Times tables checks: from 14 to 22 on average.",
        "- A set order of facts\n- Somebody who keeps the time",
    ),
    _entry(
        "Letters home that families answer",
        "attendance",
        "ks3",
        "Letters about absence were long and went unread.",
        "One page, three sentences, *one* question, and the name of somebody to ring.",
        "Answers rose from one in ten to four in ten.",
        "- A template\n- An hour a week to answer",
    ),
    _entry(
        "Subject leaders watch one another teach",
        "leadership",
        "ks3",
        "Departments had stopped talking about teaching.",
        "Each leader visits two lessons of another subject a half term; they write one page together.",
        "Fourteen of sixteen leaders have changed something that they can name.",
        "- Cover for two lessons\n- One page, not a form",
    ),
    _entry(
        "Talk before writing",
        "writing",
        "ks1",
        "Sentences on paper were shorter than those that children spoke.",
        "Every piece is told to a partner first, then to the class, then written.",
        "Pieces are half as long again, by our own count.",
        "- Sentence starters on the wall\n- Patience",
    ),
    _entry(
        "A sensory corner in every classroom",
        "send",
        "ks2",
        "One sensory room for the whole school stood empty or was full.",
        "We are trying a corner in each room with what its children need; six of fourteen are done.",
        "",
        "",
    ),
    _entry(
        "Homework in school",
        "disadvantage",
        "ks4",
        "Those who needed practice most did none at home.",
        "A room, a teacher and toast from three to four.",
        "Sixty pupils came twice a week; then the bus times changed.",
        "- A room that is near the gate\n- A late bus",
    ),
    _entry(
        "Words of the week, said by everybody",
        "new_to_english",
        "ks1",
        "New arrivals heard every word once.",
        "Five words, on every door, in every lesson, at dinner too.",
        "After a term most use thirty of the fifty words unasked.",
        "- A list for the year\n- Dinner staff who join in",
    ),
)
"""Draft directory entries, each with its phase."""
