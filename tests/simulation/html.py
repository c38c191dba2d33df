"""Parses the forms and links in the main part of a page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Field:
    """One control of a form; `options` are the values of a select."""

    name: str
    kind: str
    value: str = ""
    chosen: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form that posts to `action`."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    multipart: bool = False

    def values(self) -> dict[str, list[str]]:
        """The values that a browser would send for the unchanged form, without a button."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.kind in ("radio", "checkbox"):
                if one.chosen:
                    sent.setdefault(one.name, []).append(one.value)
            elif one.kind not in ("submit", "file"):
                sent.setdefault(one.name, []).append(one.value)
        return sent


class Reader(HTMLParser):
    """An HTML parser for one page."""

    def __init__(self) -> None:
        """Start with no forms and links."""
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._in_main = False
        self._form: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Handle a start tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        if not self._in_main:
            return
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])
        elif tag == "form":
            multipart = given.get("enctype", "") == "multipart/form-data"
            self._form = Form(
                given.get("action", ""), given.get("method", "get").lower(), multipart=multipart
            )
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        if not name or "disabled" in given:
            return
        if tag == "input":
            kind = given.get("type", "text")
            value = given.get("value", "on" if kind == "checkbox" else "")
            form.fields.append(Field(name, kind, value, "checked" in given))
        elif tag == "button":
            form.fields.append(Field(name, "submit", given.get("value", "")))
        elif tag == "select":
            self._select = Field(name, "select")
            form.fields.append(self._select)
        elif tag == "textarea":
            self._text = Field(name, "textarea")
            form.fields.append(self._text)

    def handle_data(self, data: str) -> None:
        """Handle text, which only matters inside a textarea."""
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        """Handle an end tag."""
        if tag == "main":
            self._in_main = False
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._text is not None:
            self._text.value = self._text.value.removeprefix("\n")
            self._text = None


def read(page: str) -> Reader:
    """The forms and links of a page."""
    reader = Reader()
    reader.feed(page)
    return reader
