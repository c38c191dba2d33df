"""Each declared action can be taken back, or is a form that says what follows before it is sent."""

import re
from pathlib import Path

from alongside.app import page_routes
from alongside.platform.forms.action import Action
from alongside.platform.forms.form_action import FormAction
from alongside.settings import bundled


def declared() -> list[Action[object]]:
    """Every action that the features declare, as their routes name them."""
    named = [route.opt["action"] for route in page_routes() if route.opt.get("action") is not None]
    found = {one.name: one for one in named}
    assert len(found) > 150
    return list(found.values())


def test_each_action_can_be_undone_or_says_what_follows() -> None:
    """A new action declares one of the two, or fails here."""
    silent = [
        one.name for one in declared() if not one.undo and not (isinstance(one, FormAction) and one.intro)
    ]
    assert silent == [], "declare `undo`, or a form with an `intro` that says what follows"


def test_what_undoes_an_action_exists() -> None:
    actions = declared()
    names = {one.name for one in actions}
    assert [one.name for one in actions if one.undo and one.undo not in names] == []


def test_only_a_form_that_can_be_sent_again_undoes_itself() -> None:
    itself = {one.name for one in declared() if one.undo == one.name and not isinstance(one, FormAction)}
    assert itself == {"switch_to_role"}


def test_each_form_in_a_template_has_an_idempotency_key() -> None:
    """A form that is sent twice by one page runs once, because each carries a key."""
    without = []
    for file in sorted(Path(bundled("templates")).rglob("*.html")):
        text = file.read_text()
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
        without += [str(file) for one in forms if 'name="idempotency_key"' not in one]
    assert without == []


def test_a_form_at_an_address_of_its_own_for_something_new_asks_before_it_makes_it_twice() -> None:
    """A reload gives the form a new key, so the content is compared."""
    makes = {
        one.name
        for one in declared()
        if isinstance(one, FormAction) and (one.form_slug or "").endswith("new") and one.upload is None
    }
    creating = {one.name for one in declared() if isinstance(one, FormAction) and one.creates}
    assert makes - creating == set()
