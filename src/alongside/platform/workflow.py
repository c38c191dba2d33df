"""Workflows as data: `Transition`, `apply_transition`, which applies one, and the diagram of a workflow."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Table, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.access.records import require_on
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.base import AuthorityOwned

INITIAL = ""
"""The start of a transition that creates the row."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal change of state.

    `verb` names it in the audit log and tests; `starts` the states it may begin in (INITIAL for a new row); `end` the
    state after it; `permission` who may do it (None: only the product itself, by rule or schedule); `note_required`
    whether a reason must be given; `past` the words for a timeline ("withdrew the need").
    """

    verb: str
    starts: tuple[str, ...]
    end: str
    permission: Permission | None
    past: str
    note_required: bool = False


class Stateful(Protocol):
    """A row of a table with a workflow."""

    @property
    def id(self) -> UUID:
        """The id of the row."""

    @property
    def state(self) -> str:
        """The state of the row when it was read."""


ScopeCheck = Callable[[Principal, Permission, Any], None]
"""Checks that this person may do this to this row, whose type is the table's; raises NotFound otherwise."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """All transitions of one table. `subject` is the table, `finals` the states that a row may stay in for good.

    `scope` checks the permission where it does not depend on the row's schools. If the workflow is `confidential`, the
    audit log records who did what and when, but no school and no reason: those are in rows with a second policy.
    """

    subject: str
    moves: tuple[Transition, ...]
    finals: frozenset[str]
    scope: ScopeCheck | None = None
    confidential: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        """Return every state, in the order in which the transitions first name it."""
        named = [s for move in self.moves for s in (*move.starts, move.end) if s != INITIAL]
        return tuple(dict.fromkeys(named))

    def pairs(self) -> set[tuple[str, str]]:
        """Return every legal (start, end)."""
        return {(start, move.end) for move in self.moves for start in move.starts}


Listener = Callable[[AsyncSession, Principal, Any], Awaitable[None]]
"""What a feature does after an action on another feature's row, whose type is the table's, in the same transaction."""

LISTENERS: dict[tuple[str, str], list[Listener]] = {}
"""Listeners by table and verb; filled when the features are imported."""

WORKFLOWS: dict[str, Workflow] = {}
"""Every workflow by its table; filled when the models of the features are imported."""


def workflow(
    subject: str,
    moves: Iterable[Transition],
    finals: Iterable[str],
    *,
    scope: ScopeCheck | None = None,
    confidential: bool = False,
) -> Workflow:
    """Declare the workflow of a table; its trigger, tests and diagram derive from it."""
    declared = Workflow(subject, tuple(moves), frozenset(finals), scope, confidential)
    WORKFLOWS[subject] = declared
    return declared


def after(subject: str, verb: str, listener: Listener) -> None:
    """Register a listener that is called after this action on a row of this table, once the row is changed."""
    LISTENERS.setdefault((subject, verb), []).append(listener)


async def announce(session: AsyncSession, person: Principal, subject: str, verb: str, row: object) -> None:
    """Call the listeners of an action that changes no state, such as an edit; `apply_transition` calls them itself."""
    for listener in LISTENERS.get((subject, verb), ()):
        await listener(session, person, row)


def scope_urns(row: object) -> tuple[int | None, ...]:
    """Return the URNs of the schools of a row for the audit log: `school_urn`, or both sides of an agreement.

    A row of a whole consortium has none.
    """
    names = ("requesting_urn", "supporting_urn") if hasattr(row, "requesting_urn") else ("school_urn",)
    return tuple(getattr(row, name) for name in names if hasattr(row, name))


def _require_scope(flow: Workflow, person: Principal, permission: Permission, row: Stateful) -> None:
    if flow.scope is not None:
        flow.scope(person, permission, row)
    else:
        require_on(person, permission, row)


async def apply_transition(
    session: AsyncSession,
    person: Principal,
    thing: type[AuthorityOwned],
    row: Stateful,
    move: Transition,
    *,
    note: str | None = None,
    changes: Mapping[str, object] | None = None,
    written: Mapping[str, object] | None = None,
    **values: object,
) -> None:
    """Change the state of a row: check the scope, run one guarded UPDATE, write the audit entry, call the listeners.

    `values` and `written` are columns set by the same statement. Raises NotFound outside the person's scope,
    ActionRefused when the row is no longer in a state from which the transition starts, or when a reason is missing.
    """
    table = inspect(thing).local_table
    assert isinstance(table, Table)
    flow, columns = WORKFLOWS[table.name], table.c
    if move.permission is None:
        if person.role is not Role.SYSTEM:
            raise NotFound
    else:
        _require_scope(flow, person, move.permission, row)
    if move.note_required and not (note or "").strip():
        raise ActionRefused("Enter a reason. The other school will read it.", row.state)
    moved = await session.execute(
        update(thing)
        .where(
            columns.authority_id == person.authority_id, columns.id == row.id, columns.state.in_(move.starts)
        )
        .values(state=move.end, version=columns.version + 1, **values, **(written or {}))
        .returning(columns.version)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        raise await _refusal(session, person.authority_id, table, row.id)
    await record_audit(
        session,
        person,
        move.verb,
        table.name,
        row.id,
        schools=() if flow.confidential else scope_urns(row),
        note=None if flow.confidential else note,
        changes=changes,
    )
    await announce(session, person, table.name, move.verb, row)


async def _refusal(session: AsyncSession, authority_id: int, table: Table, row_id: UUID) -> Exception:
    """Return why a guarded UPDATE matched no row: the row is gone, or its state has changed."""
    state = await session.scalar(
        select(table.c.state).where(table.c.authority_id == authority_id, table.c.id == row_id)
    )
    if state is None:
        return NotFound()
    return ActionRefused(f"This can no longer be done: it is now “{state.replace('_', ' ')}”.", state)


def diagram(flow: Workflow) -> str:
    """Return the workflow as a Mermaid state diagram, for the feature's README."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for move in flow.moves:
        for start in move.starts:
            lines.append(f"    {start or '[*]'} --> {move.end}: {move.verb}")
    lines += [f"    {state} --> [*]" for state in flow.states if state in flow.finals]
    return "\n".join([*lines, "```"])
