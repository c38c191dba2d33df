"""Forms for inviting people."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Form, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from alongside.features.people.addresses import EMAIL_CURE, NAME_CURE, is_email, is_name
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.role_assignments import ConsortiumChoice, SchoolChoice
from alongside.platform.access.principal import (
    AUTHORITY_ROLES,
    CONSORTIUM_ROLES,
    ROLE_NAMES,
    SCHOOL_ROLES,
    Role,
)

ORDER = [role for role in Role if role in SCHOOL_ROLES | CONSORTIUM_ROLES | AUTHORITY_ROLES]


def _stripped(value: str | None) -> str:
    return " ".join((value or "").split())


class DelegateForm(Form):
    """A delegate whom a headteacher invites for their own school."""

    name = StringField(
        "Full name",
        filters=[_stripped],
        validators=[
            InputRequired("Enter their full name"),
            Length(max=120, message="Use 120 characters or fewer"),
        ],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        "Work email address",
        description="The invitation is sent there, and can be used with an account of this address only.",
        filters=[_stripped],
        validators=[
            InputRequired("Enter their work email address"),
            Length(max=254, message="Use 254 characters or fewer"),
        ],
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_name(self, field: StringField) -> None:
        """Require a name without a web address, because it goes into an email to someone new."""
        if not is_name(field.data or ""):
            raise ValidationError(NAME_CURE)

    def validate_email(self, field: StringField) -> None:
        """Require a plain email address."""
        if not is_email(field.data or ""):
            raise ValidationError(EMAIL_CURE)


class InvitationForm(DelegateForm):
    """A person whom an administrator invites: role, school or consortium."""

    role = SelectField("Role", validate_choice=False)
    school = SelectField(
        "School",
        description="For headteachers and their delegates.",
        validate_choice=False,
        render_kw={"select": True},
    )
    consortium = SelectField(
        "Consortium",
        description="For consortium leads and deputies.",
        validate_choice=False,
        render_kw={"select": True},
    )

    def offer(self, schools: Sequence[SchoolChoice], consortia: Sequence[ConsortiumChoice]) -> None:
        """Fill in the roles, schools and consortia of this authority."""
        self.role.choices = [(role.value, ROLE_NAMES[role]) for role in ORDER]
        self.school.choices = [("", "No school"), *((str(one.urn), one.name) for one in schools)]
        self.consortium.choices = [("", "No consortium"), *((str(one.id), one.name) for one in consortia)]

    def validate_role(self, field: SelectField) -> None:
        """Require a role from the list."""
        if field.data not in {role.value for role in ORDER}:
            raise ValidationError("Choose a role")

    def validate_school(self, field: SelectField) -> None:
        """Require a school for school roles, and none for others."""
        self._check_scope(
            field, SCHOOL_ROLES, "Choose the school that they will act for", "Choose no school for this role"
        )

    def validate_consortium(self, field: SelectField) -> None:
        """Require a consortium for consortium roles, and none for others."""
        self._check_scope(
            field, CONSORTIUM_ROLES, "Choose their consortium", "Choose no consortium for this role"
        )

    def _check_scope(self, field: SelectField, roles: frozenset[Role], missing: str, needless: str) -> None:
        listed = {value for value, *_ in field.iter_choices()} - {""}
        if self.role.data in {role.value for role in roles}:
            if field.data not in listed:
                raise ValidationError(missing)
        elif field.data:
            raise ValidationError(needless)

    def invitee(self) -> Invitee:
        """Whom the form names."""
        return Invitee(
            name=self.name.data or "",
            email=self.email.data or "",
            role=self.role.data,
            school_urn=int(self.school.data) if self.school.data else None,
            consortium_id=UUID(self.consortium.data) if self.consortium.data else None,
        )
