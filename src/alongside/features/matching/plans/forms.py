"""The form in which a plan is asked for."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Form

from alongside.platform.access.principal import Principal
from alongside.platform.forms.fields import Choice

WHOLE = "authority"
"""How the whole authority is named among the scopes."""


class AskForm(Form):
    """For whom a plan is to be made."""

    scope = Choice("For whom?", "Choose whom the plan is for from the list", render_kw={"select": True})

    def offer_scopes(self, scopes: Sequence[tuple[UUID | None, str]], person: Principal) -> None:
        """Fill the list; where there is one scope only, it is chosen."""
        self.scope.choices = [(str(key or WHOLE), name) for key, name in scopes]
        if len(scopes) == 1:
            self.scope.data = self.scope.data or self.scope.choices[0][0]

    def holds(self) -> bool:
        """Whether one of the list was chosen."""
        return self.validate() and bool(self.scope.data)

    def consortium_id(self) -> UUID | None:
        """The consortium that was chosen; None for the whole authority."""
        return None if self.scope.data == WHOLE else UUID(self.scope.data)
