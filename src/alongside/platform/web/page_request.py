"""What every page function gets: the request, the transaction, and the person who asks."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.web.context import AppContext
from alongside.platform.web.form_data import FormData, asked, read_form_data
from alongside.platform.web.http import HttpRequest


@dataclass(slots=True)
class PageRequest:
    """One request for a page or an action: its transaction is open, and the person has the route's permission."""

    request: HttpRequest
    session: AsyncSession
    person: Principal

    @property
    def app(self) -> AppContext:
        """The objects that all requests share."""
        context: AppContext = self.request.app.state.app_context
        return context

    @property
    def query(self) -> FormData:
        """The query string."""
        return asked(self.request)

    async def submitted(self) -> FormData:
        """Return the submitted form. Raises BodyRefused or ValidationFailed, as `read_form_data` does."""
        return await read_form_data(self.request)
