"""Form to add an attachment."""

from wtforms import BooleanField, FileField, Form


class FileForm(Form):
    """A file, and whether the school may read it."""

    file = FileField("Choose a file")
    for_school = BooleanField("The school can read this, once it has been told of the escalation")
