"""What somebody typed into a form, in the shape that WTForms reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request

from alongside.errors import AlongsideError, ValidationFailed
from alongside.platform.web.bodies import Body, Problem, SentFile, read_body

KEPT = "alongside_typed"
TOKENS = ("csrf_token", "idempotency_key")


class FormData:
    """Names and their values, several for checkboxes. Files and unknown names do no harm: forms name their fields."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Keep the pairs in their order; text that PostgreSQL cannot hold (NUL) is refused."""
        self._values: dict[str, list[Any]] = {}
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
        """All values under a name; WTForms asks for them so."""
        return list(self._values.get(name, ()))

    def one(self, name: str) -> str:
        """The only value under a name, or an empty text.

        Raises Invalid when the name came more than once: our own forms never send that.
        """
        values = self._values.get(name, [])
        if len(values) > 1:
            raise ValidationFailed(
                {name: ["This field came more than once. Go back, reload the page and try again."]}
            )
        return values[0] if values and isinstance(values[0], str) else ""

    def texts(self) -> list[tuple[str, str]]:
        """Every text but the tokens, sorted: what a page that refuses the form gives back."""
        return sorted(
            (name, value)
            for name, values in self._values.items()
            for value in values
            if isinstance(value, str) and name not in TOKENS
        )

    def has_files(self) -> bool:
        """Whether a file came, which no page can give back."""
        return any(
            isinstance(value, SentFile) and value.filename
            for values in self._values.values()
            for value in values
        )

    def fingerprint_parts(self) -> list[tuple[str, str]]:
        """Everything typed but the tokens, with the digest of each file: two submissions are the same if these are."""
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
    """A form that is above a limit, arrives too slowly or cannot be read."""

    problem: Problem


async def read_form_data(request: Request[Any, Any, Any]) -> FormData:
    """The body of a form, read once however often it is asked for.

    Raises BodyRefused for one that cannot be taken, Invalid for text that cannot be stored.
    """
    kept = already_typed(request)
    if kept is None:
        body = await read_body(request)
        kept = keep_typed(request, _storable(body))
        if body.problem is not None:
            raise BodyRefused(body.problem)
        kept = keep_typed(request, FormData(body.pairs))
    return kept


async def typed_text(request: Request[Any, Any, Any]) -> FormData:
    """The same for a page that refuses the form: whatever arrived, without the content of files. Raises nothing."""
    kept = already_typed(request)
    return (
        kept
        if kept is not None
        else keep_typed(request, _storable(await read_body(request, keep_files=False)))
    )


def keep_typed(request: Request[Any, Any, Any], form: FormData) -> FormData:
    """Remember what was read."""
    request.scope[KEPT] = form  # type: ignore[literal-required]
    return form


def _storable(body: Body) -> FormData:
    """What arrived, without characters that cannot be stored."""
    return FormData(
        (name, value.replace("\0", "") if isinstance(value, str) else value) for name, value in body.pairs
    )


def already_typed(request: Request[Any, Any, Any]) -> FormData | None:
    """The body of a form that was read before; None when it was not."""
    kept = request.scope.get(KEPT)
    return kept if isinstance(kept, FormData) else None


def asked(request: Request[Any, Any, Any]) -> FormData:
    """The query string, in the same shape."""
    query: Mapping[str, Any] = request.query_params
    return FormData(query.multi_items() if hasattr(query, "multi_items") else query.items())
