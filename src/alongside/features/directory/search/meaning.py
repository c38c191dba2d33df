"""Pages that search by meaning: the sentence model is asked while no transaction is open."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.nearest import Near, nearest
from alongside.features.directory.search.queries import embeddings_for
from alongside.features.directory.search.query_parser import SearchQuery
from alongside.platform.database.retries import run_with_retries
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, PageResult

Show = Callable[[AsyncSession, Near], Awaitable[PageResult]]
"""Searches with the entries that are close in meaning, and returns the page."""


async def with_meaning(ctx: PageRequest, question: SearchQuery, show: Show) -> PageResult:
    """Return the page of a search, after the sentence model was asked, if the search needs it.

    The model is asked after the transaction of the request, because one that is silent must not hold connections;
    `show` then runs in a transaction of its own, in a turn of the authority.
    """
    stamp = await embeddings_for(ctx.session, ctx.person, question)
    if stamp is None:
        return await show(ctx.session, ([], []))

    async def ask_model() -> PageResult:
        near = await nearest(lambda: _opened(ctx), ctx.person.authority_id, stamp, question.sentence)
        return ContinueAfterCommit(lambda: run_with_retries(lambda: read(near)), in_turn=True)

    async def read(near: Near) -> PageResult:
        async with ctx.app.database.transaction(ctx.person.authority_id, read_only=True) as session:
            return await show(session, near)

    return ContinueAfterCommit(ask_model)


@asynccontextmanager
async def _opened(ctx: PageRequest) -> AsyncIterator[AsyncSession]:
    """Open a transaction in a turn of the authority."""
    client = ctx.request.client
    async with (
        ctx.app.turns.turn(ctx.person.authority_id, client.host if client else "", admitted=True),
        ctx.app.database.transaction(ctx.person.authority_id, read_only=True) as session,
    ):
        yield session
