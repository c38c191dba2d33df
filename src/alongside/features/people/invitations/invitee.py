"""Whom an invitation is for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom to invite: name, email, role, and the school, consortium, trust or diocese of the role."""

    name: str
    email: str
    role: str
    school_urn: int | None = None
    consortium_id: UUID | None = None
    organisation: str | None = None
