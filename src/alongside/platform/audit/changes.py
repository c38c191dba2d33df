"""Values and changes in the form in which the audit log stores them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal


def plain(value: object) -> object:
    """A value as the audit log stores it."""
    if isinstance(value, Decimal):
        return f"{value:f}".removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else value


def plain_changes(before: object, values: Mapping[str, object]) -> dict[str, list[object]]:
    """The changes for the audit log, as {field: [before, after]}."""
    return {
        name: [plain(getattr(before, name)), plain(value)]
        for name, value in values.items()
        if name != "widening_since" and plain(getattr(before, name)) != plain(value)
    }
