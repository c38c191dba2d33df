"""Actions on invitations: create, renew, withdraw, accept."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, TooManyRequests
from alongside.features.authorities import settings_of
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.invitations.queries import OpenInvitation, invitation, invitation_by_token
from alongside.features.people.models import (
    MOST_BATCHES,
    MOST_IN_A_BATCH,
    MOST_OF_ONE_PERSON,
    MOST_OF_ONE_SCHOOL,
    Invitation,
    Person,
    RoleAssignment,
)
from alongside.features.people.queries import hashed
from alongside.features.people.role_assignments import INVITED_BY_HEADS, role_label
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import (
    CONSORTIUM_ROLES,
    GOVERNING_ROLES,
    ORGANISATION_ROLES,
    ROLES_OF_ONE_SCHOOL,
    Principal,
    Role,
)
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.notifications.models import EmailOutbox
from alongside.platform.web.formatting import format_days

FOR_GOVERNORS = (
    "You can read the performance profiles and category letters of your schools, and sign that you have read them."
    "\n\n"
)
GONE = "This invitation was already used or withdrawn."


LIMITS: dict[str, Message] = {
    "invitations_to_address": partial(
        TooManyRequests,
        "Several invitations went to this address in the last 24 hours. Wait a day, then try again.",
    ),
    "invitations_of_school": partial(
        TooManyRequests,
        f"Your school has sent {MOST_OF_ONE_SCHOOL} invitations in the last 24 hours. Wait a day, then try again.",
    ),
    "invitations_by_person": partial(
        TooManyRequests,
        f"You have sent {MOST_OF_ONE_PERSON} invitations in the last hour. Wait an hour, then try again.",
    ),
    "invitations_in_batch": partial(
        TooManyRequests, f"At most {MOST_IN_A_BATCH} invitations can be sent together. Send them in parts."
    ),
    "invitations_batches": partial(
        TooManyRequests,
        f"You have sent invitations from {MOST_BATCHES} files in the last 24 hours. Wait a day, then try again.",
    ),
    "ck_invitation_sent_count": partial(
        TooManyRequests, "This invitation was sent three times. Withdraw it, then write a new one."
    ),
}
"""The limits on invitations that PostgreSQL enforces."""


async def invite(
    session: AsyncSession, person: Principal, permission: Permission, invitee: Invitee, origin: str
) -> str:
    """Invite a person to a role and queue the email; returns the invitation's link.

    `origin` is the authority's base URL. Raises NotFound for a school outside the user's scope.
    """
    require(person, permission, invitee.school_urn)
    return await post_invitation(session, person, invitee, origin)


async def post_invitation(session: AsyncSession, person: Principal, invitee: Invitee, origin: str) -> str:
    """Create an invitation and queue its email; the caller has checked the permission. Returns the link."""
    token = secrets.token_urlsafe(32)
    row = Invitation(
        authority_id=person.authority_id,
        token_hash=hashed(token),
        invited_by=person.id,
        expires_at=func.now() + lifetime(person),
        **asdict(invitee),
    )
    session.add(row)
    with explain_constraints(LIMITS):
        await session.flush()
    await record_audit(
        session,
        person,
        "invite",
        "invitation",
        row.id,
        schools=[row.school_urn],
        changes={"role": [None, row.role]},
    )
    return await _write_email(session, person, row.id, token, origin)


async def renew_invitation(
    session: AsyncSession, person: Principal, permission: Permission, invitation_id: UUID, origin: str
) -> None:
    """Send an invitation again with a new link; the old link stops working."""
    await invitation_in_scope(session, person, permission, invitation_id)
    token = secrets.token_urlsafe(32)
    with explain_constraints(LIMITS):
        await _change(
            session,
            person,
            invitation_id,
            token_hash=hashed(token),
            expires_at=func.now() + lifetime(person),
            sent_count=Invitation.sent_count + 1,
            sent_at=func.now(),
        )
    await record_audit(session, person, "renew_invitation", "invitation", invitation_id)
    await _write_email(session, person, invitation_id, token, origin)


async def withdraw_invitation(
    session: AsyncSession, person: Principal, permission: Permission, invitation_id: UUID
) -> None:
    """Withdraw an invitation; its link stops working."""
    await invitation_in_scope(session, person, permission, invitation_id)
    await _change(session, person, invitation_id, withdrawn_at=func.now())
    await record_audit(session, person, "withdraw_invitation", "invitation", invitation_id)


async def accept_invitation(
    session: AsyncSession, visitor: Principal, token: str, person_id: UUID | None, email: str | None
) -> tuple[UUID, UUID]:
    """Accept an invitation: returns the ids of the person (created if `person_id` is None) and of the role assignment.

    `email` is the address from the provider, if any; it must equal the address that the invitation was sent to.
    Raises ActionRefused when the invitation can no longer be used or was sent to another address. The school is that of
    the invitation when it is used: an import may have moved it to the successor of a closed school meanwhile.
    """
    found = await invitation_by_token(session, visitor.authority_id, token)
    if found is None:
        raise ActionRefused(GONE)
    if email and email.casefold() != found.email.casefold():
        raise ActionRefused("This invitation was sent to another address.", "another")
    inside = {"authority_id": visitor.authority_id}
    if person_id is None:
        person_id = uuid4()
        session.add(Person(**inside, id=person_id, name=found.name, email=found.email))
        await session.flush()
    used = await session.execute(
        update(Invitation)
        .where(
            Invitation.authority_id == visitor.authority_id,
            Invitation.id == found.id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > func.now(),
            Invitation.token_hash == hashed(token),
        )
        .values(used_at=func.now(), used_by=person_id)
        .returning(Invitation.school_urn)
    )
    places = used.scalars().all()
    if not places:
        raise ActionRefused(GONE)
    offered = msgspec.structs.replace(found, school_urn=places[0])
    role_assignment_id = await appoint(session, visitor, person_id, offered)
    return person_id, role_assignment_id


async def appoint(session: AsyncSession, visitor: Principal, person_id: UUID, role: OpenInvitation) -> UUID:
    """Assign a role from today; a person who had left becomes active again."""
    made = RoleAssignment(
        authority_id=visitor.authority_id,
        person_id=person_id,
        role=role.role,
        school_urn=role.school_urn,
        consortium_id=role.consortium_id,
        organisation=role.organisation,
        starts_on=visitor.today,
    )
    session.add(made)
    await session.execute(
        update(Person)
        .where(Person.authority_id == visitor.authority_id, Person.id == person_id)
        .values(left_on=None)
    )
    await session.flush()
    newcomer = Principal(
        authority_id=visitor.authority_id,
        role=Role(role.role),
        today=visitor.today,
        id=person_id,
        name=role.name,
    )
    await record_audit(
        session, newcomer, "take_up_role", "role_assignment", made.id, schools=[role.school_urn]
    )
    return made.id


def scope_matches_role(role: Role, school_urn: int | None, consortium_id: UUID | None) -> bool:
    """Whether a role has the school or consortium that it needs, and nothing else; never for a trust or diocese."""
    return (
        (school_urn is not None) == (role in ROLES_OF_ONE_SCHOOL)
        and (consortium_id is not None) == (role in CONSORTIUM_ROLES)
        and role not in ORGANISATION_ROLES
    )


def lifetime(person: Principal) -> timedelta:
    """Return how long an invitation of this authority can be accepted."""
    return timedelta(days=settings_of(person.authority_id).periods.invitation_good_for_days)


async def invitation_in_scope(
    session: AsyncSession, person: Principal, permission: Permission, invitation_id: UUID
) -> OpenInvitation:
    """An open invitation that this user may change; a headteacher only those that heads send for their own school."""
    found = await invitation(session, person, invitation_id)
    if found is None:
        raise NotFound
    if permission is Permission.INVITE_DELEGATE and found.role not in INVITED_BY_HEADS:
        raise NotFound
    require(person, permission, found.school_urn)
    return found


async def _change(session: AsyncSession, person: Principal, invitation_id: UUID, **values: object) -> None:
    changed = await session.execute(
        update(Invitation)
        .where(
            Invitation.authority_id == person.authority_id,
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(**values)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise ActionRefused(GONE)


async def _write_email(
    session: AsyncSession, person: Principal, invitation_id: UUID, token: str, origin: str
) -> str:
    """Put the invitation email into the outbox; returns its link."""
    found = await invitation(session, person, invitation_id)
    assert found is not None
    link = f"{origin}/invitations/{token}"
    written = invitation_email(person, found, role_label(found), link)
    session.add(EmailOutbox(**written, message_id=f"invitation-{uuid4().hex}"))
    await session.flush()
    return link


class Invited(Protocol):
    """Who is invited: name and address."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def email(self) -> str:
        """The address."""

    @property
    def role(self) -> str:
        """The role to which they are invited."""


def invitation_email(person: Principal, invited: Invited, label: str, link: str) -> dict[str, object]:
    """Return the columns of the email with an invitation; `label` are the words for the role and its place."""
    settings = settings_of(person.authority_id)
    days = settings.periods.invitation_good_for_days
    inviter = person.name if person.signed_in else settings.name
    body = (
        f"Dear {invited.name}\n\n"
        f"{inviter} invites you to Alongside, where schools of {settings.name} support one another.\n\n"
        f"Your role: {label}\n\n"
        f"{FOR_GOVERNORS if invited.role in GOVERNING_ROLES else ''}"
        f"Open this link and sign in. It works once, for {format_days(days)}, and is for you alone:\n\n{link}\n\n"
        "If you were not expecting this email, you can ignore it.\n"
    )
    return {
        "authority_id": person.authority_id,
        "to_address": invited.email,
        "subject": f"You are invited to Alongside by {settings.brand.short_name}",
        "body": body,
    }
