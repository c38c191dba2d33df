"""The form for the email preference."""

from wtforms import Form, RadioField, SelectChoice, ValidationError  # type: ignore[attr-defined]

MAIL_CHOICES = (
    ("at_once", "At once, on school days"),
    ("daily", "Once a day, in one email"),
    ("none", "No emails: I check Alongside myself"),
)


class EmailPreferenceForm(Form):
    """When emails are sent; notifications appear on the home page whatever is chosen."""

    mail_choice = RadioField(
        "How do you want to get emails?",
        description="You can also read everything in Alongside.",
        choices=[SelectChoice(value, label) for value, label in MAIL_CHOICES],
        validate_choice=False,
    )

    def validate_mail_choice(self, field: RadioField) -> None:
        """Require one of the three choices."""
        if field.data not in dict(MAIL_CHOICES):
            raise ValidationError("Select how you want to get emails")
