"""The form to request a plan."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Form

from alongside.platform.access.principal import Principal
from alongside.platform.forms.fields import Choice

WHOLE = "authority"
"""The form value that stands for the whole authority."""


class AskForm(Form):
    """The scope of the requested plan."""

    scopes: Sequence[tuple[UUID | None, str]] = ()
    """The scopes that are offered, each with its name."""

    scope = Choice("For whom?", "Choose whom the plan is for from the list", render_kw={"select": True})

    def offer_scopes(self, scopes: Sequence[tuple[UUID | None, str]], person: Principal) -> None:
        """Set the choices; if there is only one scope, select it."""
        self.scopes = scopes
        self.scope.choices = [(str(key or WHOLE), name) for key, name in scopes]
        if len(scopes) == 1:
            self.scope.data = self.scope.data or self.scope.choices[0][0]

    def is_valid(self) -> bool:
        """Validate that a listed scope is chosen."""
        self.validate()
        if not self.scope.data:
            self.scope.errors = ["Select who the plan is for"]
        return not self.errors

    def consortium_id(self) -> UUID | None:
        """The chosen consortium; None for the whole authority."""
        return None if self.scope.data == WHOLE else UUID(self.scope.data)
