"""The form beside an import file: default values for rows that leave them empty."""

from wtforms import Form, SelectField, StringField
from wtforms.validators import Length


def _line(label: str, most: int, help_text: str = "") -> StringField:
    return StringField(
        label,
        description=help_text,
        validators=[Length(max=most, message=f"{label} must be {most} characters or fewer. Shorten it.")],
        filters=[lambda typed: (typed or "").strip()],
    )


class ImportDefaultsForm(Form):
    """Defaults for rows without their own source, licence and themes."""

    source_name = _line(
        "Where it is from (optional)", 200, "For rows that name neither a school nor a source"
    )
    licence = _line("Licence (optional)", 120, "Like “Open Government Licence v3.0”")
    attribution = _line("Attribution (optional)", 500, "As its owner asks to be named")
    themes = SelectField("Theme (optional)", choices=[], validate_choice=False)
