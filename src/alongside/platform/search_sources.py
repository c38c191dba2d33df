"""Sources of the search over everything: each feature declares what can be found and who may find it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

SearchRows = Select[str, str, str]
"""A SELECT of title, detail and path."""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Records of one kind that can be found by words.

    `statement` returns a SELECT of title, detail and path (text) of the records that the person may open and that hold
    the words: its parameters are :authority_id and :words. It applies the same scope as the page of the record. The
    statements of all sources run as one. `before` runs first, such as what sets the requester of the transaction.
    """

    name: str
    heading: str
    permission: Permission
    statement: Callable[[Principal], SearchRows]
    before: Callable[[AsyncSession, Principal], Awaitable[None]] | None = None
