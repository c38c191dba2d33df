"""`ButtonAction`: an action with nothing to fill in, which is one POST."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar.handlers import HTTPRouteHandler

from alongside.platform.forms.action import Action, ActionRequest, Record, text_of
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult, Redirect
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class ButtonAction(Action[Record]):
    """An action with nothing to fill in: one POST, without a page of its own.

    `run` does it; it returns nothing, or a response that replaces `then` and `said`. With `version` the button sends
    the version that was shown, which `run` reads from `asked.version`.
    """

    run: Callable[[ActionRequest[Record]], Awaitable[PageResult | None]]

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the one route."""

        async def submit(ctx: PageRequest, **ids: object) -> PageResult:
            data = await ctx.submitted()
            record = await self.resource.find(ctx.session, ctx.person, self.permission, ids, data)
            with self.leading_back(record):
                self.require(ctx.person, record)
                answer = await self.run(ActionRequest(ctx.request, ctx.session, ctx.person, record, data))
            if answer is not None:
                return answer
            to = self.then or self.resource.page_of
            return Redirect(to(record), text_of(self.said, ctx.person, record) or None)

        what = f"Do “{self.name.replace('_', ' ')}”."
        handler = self.handler(submit, self.name, what, self.run.__module__)
        return [endpoint.post(self.route_path(self.slug), permission=self.permission, action=self)(handler)]
