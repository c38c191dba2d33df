"""Sends the invitations of a file together; the worker sends their emails."""

import secrets
from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.invitations.actions import LIMITS, invitation_email, lifetime
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.models import Invitation
from alongside.features.people.queries import hashed
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.notifications.models import EmailOutbox


async def invite_together(
    session: AsyncSession, person: Principal, invited: Sequence[tuple[Invitee, str]], origin: str
) -> UUID:
    """Invite these people and queue their emails; returns the id of the batch.

    Each is an invitee with the words for their role and place. The caller has checked the rows. Raises
    TooManyRequests above the limits of a person's batches and of an address.
    """
    require(person, Permission.INVITE_PEOPLE)
    batch_id = uuid4()
    invitations, emails = [], []
    for invitee, role in invited:
        token, invitation_id = secrets.token_urlsafe(32), uuid4()
        invitations.append(
            {
                "id": invitation_id,
                "authority_id": person.authority_id,
                "batch_id": batch_id,
                "token_hash": hashed(token),
                "invited_by": person.id,
                "name": invitee.name,
                "email": invitee.email,
                "role": invitee.role,
                "school_urn": invitee.school_urn,
                "consortium_id": invitee.consortium_id,
            }
        )
        written = invitation_email(person, invitee, role, f"{origin}/invitations/{token}")
        emails.append(written | {"message_id": f"invitation-{invitation_id}"})
    with explain_constraints(LIMITS):
        await session.execute(
            insert(Invitation).values(expires_at=func.now() + lifetime(person)), invitations
        )
    await session.execute(insert(EmailOutbox), emails)
    changes: dict[str, list[object]] = {"invitations": [None, len(invitations)]}
    await record_audit(session, person, "invite_together", "invitation_batch", batch_id, changes=changes)
    return batch_id
