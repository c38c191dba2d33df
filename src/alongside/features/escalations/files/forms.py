"""Form to add an attachment."""

from wtforms import BooleanField, FileField, Form

from alongside.features.needs.forms import attach_errors


class FileForm(Form):
    """A file, and whether the school may read it."""

    file = FileField("Choose a file")
    for_school = BooleanField("The school reads this, once it has been told of the escalation")

    def holds(self, brought: bool) -> bool:
        """Validate: a file was uploaded."""
        self.validate()
        if not brought:
            attach_errors(self.file, "Choose a file")
        return not self.errors
