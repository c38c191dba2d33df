"""Forms for inviting people."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Form, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from alongside.features.people.addresses import EMAIL_CURE, NAME_CURE, is_email, is_name
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.role_assignments import (
    INVITED_BY_HEADS,
    ConsortiumChoice,
    OrganisationChoice,
    SchoolChoice,
)
from alongside.platform.access.principal import (
    CONSORTIUM_ROLES,
    ORGANISATION_ROLES,
    ROLE_NAMES,
    ROLES_OF_ONE_SCHOOL,
    SIGNED_IN_ROLES,
    Role,
)

ORDER = [role for role in Role if role in SIGNED_IN_ROLES]


def _stripped(value: str | None) -> str:
    return " ".join((value or "").split())


class PersonForm(Form):
    """The name and address of somebody to invite."""

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


class DelegateForm(PersonForm):
    """A delegate, or the chair of governors, whom a headteacher invites for their own school."""

    role = RadioField(
        "Role",
        choices=[(role.value, ROLE_NAMES[role]) for role in INVITED_BY_HEADS],
        default=Role.DELEGATE.value,
        validate_choice=False,
    )

    def validate_role(self, field: RadioField) -> None:
        """Require one of the roles that a headteacher can give: a delegate, if none is sent."""
        field.data = field.data or Role.DELEGATE.value
        if field.data not in INVITED_BY_HEADS:
            raise ValidationError("Select a role")


class InvitationForm(PersonForm):
    """A person whom an administrator invites: role, school, consortium, trust or diocese."""

    role = SelectField("Role", validate_choice=False)
    school = SelectField(
        "School",
        description="For headteachers, their delegates and chairs of governors.",
        validate_choice=False,
        render_kw={"select": True},
    )
    consortium = SelectField(
        "Consortium",
        description="For consortium leads and deputies.",
        validate_choice=False,
        render_kw={"select": True},
    )

    organisation = SelectField(
        "Trust or diocese",
        description="For officers of a trust or diocese. The list comes from the register of schools.",
        validate_choice=False,
        render_kw={"select": True},
    )

    def offer(
        self,
        schools: Sequence[SchoolChoice],
        consortia: Sequence[ConsortiumChoice],
        organisations: Sequence[OrganisationChoice],
    ) -> None:
        """Fill in the roles, schools, consortia, trusts and dioceses of this authority."""
        self.role.choices = [(role.value, ROLE_NAMES[role]) for role in ORDER]
        self.school.choices = [("", "No school"), *((str(one.urn), one.name) for one in schools)]
        self.consortium.choices = [("", "No consortium"), *((str(one.id), one.name) for one in consortia)]
        self.organisation.choices = [
            ("", "No trust or diocese"),
            *((f"{one.role}:{one.key}", one.name) for one in organisations),
        ]

    def validate_role(self, field: SelectField) -> None:
        """Require a role from the list."""
        if field.data not in {role.value for role in ORDER}:
            raise ValidationError("Choose a role")

    def validate_school(self, field: SelectField) -> None:
        """Require a school for school roles, and none for others."""
        self._check_scope(
            field,
            ROLES_OF_ONE_SCHOOL,
            "Choose the school that they will act for",
            "Choose no school for this role",
        )

    def validate_consortium(self, field: SelectField) -> None:
        """Require a consortium for consortium roles, and none for others."""
        self._check_scope(
            field, CONSORTIUM_ROLES, "Choose their consortium", "Choose no consortium for this role"
        )

    def validate_organisation(self, field: SelectField) -> None:
        """Require a trust or diocese that fits the role, and none for others."""
        self._check_scope(
            field,
            ORGANISATION_ROLES,
            "Choose their trust or diocese",
            "Choose no trust or diocese for this role",
        )
        if field.data and field.data.partition(":")[0] != self.role.data:
            raise ValidationError(f"Choose a {str(self.role.data).partition('_')[0]}")

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
            organisation=(self.organisation.data or "").partition(":")[2] or None,
        )
