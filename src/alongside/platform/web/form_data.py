"""The submitted form data, in the shape that WTForms reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alongside.errors import AlongsideError, ValidationFailed
from alongside.platform.web.bodies import Body, Problem, SentFile, read_body
from alongside.platform.web.http import HttpRequest

KEPT = "alongside_typed"
RECEIVED = "alongside_body"
TOKENS = ("csrf_token", "idempotency_key")


class FormData:
    """Names and their values (several for checkboxes). Unknown names are ignored, because forms name their fields."""

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Keep the pairs in order. Raises ValidationFailed for text that PostgreSQL cannot store (NUL)."""
        self._values: dict[str, list[object]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                if "\0" in value:
                    raise ValidationFailed(
                        {name: ["This text holds a character that cannot be stored. Type it again."]}
                    )
                value = value.replace("\r\n", "\n")
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def getlist(self, name: str) -> list[Any]:
        """Return all values under a name, as WTForms expects."""
        return list(self._values.get(name, ()))

    def one(self, name: str) -> str:
        """Return the only value under a name, or an empty text.

        Raises ValidationFailed when the name came more than once, which our own forms never send.
        """
        values = self._values.get(name, [])
        if len(values) > 1:
            raise ValidationFailed(
                {name: ["This field came more than once. Go back, reload the page and try again."]}
            )
        return values[0] if values and isinstance(values[0], str) else ""

    def texts(self) -> list[tuple[str, str]]:
        """Return every text except the tokens, sorted, for the page that refuses the form."""
        return sorted(
            (name, value)
            for name, values in self._values.items()
            for value in values
            if isinstance(value, str) and name not in TOKENS
        )

    def has_files(self) -> bool:
        """Return whether a file was sent, which no page can give back."""
        return any(
            isinstance(value, SentFile) and value.filename
            for values in self._values.values()
            for value in values
        )

    def fingerprint_parts(self) -> list[tuple[str, str]]:
        """Return every field except the tokens, with the digest of each file, to compare two submissions."""
        return sorted(
            (
                name,
                f"{value.filename} {value.digest.hexdigest()}" if isinstance(value, SentFile) else str(value),
            )
            for name, values in self._values.items()
            for value in values
            if name not in TOKENS
        )


@dataclass
class BodyRefused(AlongsideError):
    """A form that exceeds a limit, arrives too slowly or cannot be read."""

    problem: Problem


async def receive_body(request: HttpRequest, *, keep_files: bool = True) -> Body:
    """Wait for the body of a request, once; `read_form_data` then takes it apart."""
    body = request.scope.get(RECEIVED)
    if not isinstance(body, Body):
        body = await read_body(request, keep_files=keep_files)
        request.scope[RECEIVED] = body  # type: ignore[literal-required]
    return body


def is_received(request: HttpRequest) -> bool:
    """Return whether the body has arrived, so that nothing need be waited for."""
    return isinstance(request.scope.get(RECEIVED), Body)


async def read_form_data(request: HttpRequest) -> FormData:
    """Return the form of a request; the body is read once.

    Raises BodyRefused for a body that is refused, ValidationFailed for text that cannot be stored.
    """
    kept = already_typed(request)
    if kept is None:
        body = await receive_body(request)
        body.parse()
        kept = keep_typed(request, _storable(body))
        if body.problem is not None:
            raise BodyRefused(body.problem)
        kept = keep_typed(request, FormData(body.pairs))
    return kept


async def typed_text(request: HttpRequest) -> FormData:
    """Return what arrived of a form, without the content of files, for the page that refuses it. Raises nothing."""
    kept = already_typed(request)
    if kept is None:
        body = await receive_body(request, keep_files=False)
        body.parse()
        kept = keep_typed(request, _storable(body))
    return kept


def keep_typed(request: HttpRequest, form: FormData) -> FormData:
    """Store the form on the request."""
    request.scope[KEPT] = form  # type: ignore[literal-required]
    return form


def _storable(body: Body) -> FormData:
    """Return what arrived, without characters that cannot be stored."""
    return FormData(
        (name, value.replace("\0", "") if isinstance(value, str) else value) for name, value in body.pairs
    )


def already_typed(request: HttpRequest) -> FormData | None:
    """Return the form if it was read before, otherwise None."""
    kept = request.scope.get(KEPT)
    return kept if isinstance(kept, FormData) else None


def asked(request: HttpRequest) -> FormData:
    """Return the query string, in the same shape."""
    return FormData(request.query_params.multi_items())
