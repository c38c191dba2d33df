"""What somebody typed into a form, in the shape that WTForms reads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from alongside.errors import Invalid


class Typed:
    """Names and their values, several for checkboxes. Files and unknown names do no harm: forms name their fields."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Keep the pairs in their order; text that PostgreSQL cannot hold (NUL) is refused."""
        self._values: dict[str, list[Any]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                if "\0" in value:
                    raise Invalid(
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
            raise Invalid({name: ["This field came more than once. Go back, reload the page and try again."]})
        return values[0] if values and isinstance(values[0], str) else ""

    def fingerprint_parts(self) -> list[tuple[str, str]]:
        """Everything typed but the tokens, sorted: two submissions are the same if these are."""
        return sorted(
            (name, value.filename if isinstance(value, UploadFile) else str(value))
            for name, values in self._values.items()
            for value in values
            if name not in ("csrf_token", "idempotency_key")
        )


async def typed(request: Request[Any, Any, Any]) -> Typed:
    """The body of a form, read once however often it is asked for."""
    kept = request.scope.get("alongside_typed")
    if not isinstance(kept, Typed):
        kept = Typed((await request.form()).multi_items())
        request.scope["alongside_typed"] = kept  # type: ignore[typeddict-unknown-key]
    return kept


def asked(request: Request[Any, Any, Any]) -> Typed:
    """The query string, in the same shape."""
    query: Mapping[str, Any] = request.query_params
    return Typed(query.multi_items() if hasattr(query, "multi_items") else query.items())
