"""How figures are written on pages. Values are stored as published and rounded here only.

Percentages have at most one decimal, money none, and all others at most two. Half is rounded up.
"""

from decimal import ROUND_HALF_UP, Decimal

from alongside.features.performance.statuses import STATUSES
from alongside.platform.web.formatting import format_money, format_number

ROUNDING = {"percent": Decimal("0.1"), "pounds": Decimal(1), "count": Decimal("0.1")}


def show_value(unit: str, value: Decimal) -> str:
    """Return a value with its unit: 63%, 44.1%, −0.12, £43,056, 1,204."""
    rounded = value.quantize(ROUNDING.get(unit, Decimal("0.01")), ROUND_HALF_UP)
    if unit == "pounds":
        return format_money(int(rounded) * 100)
    shown = format_number(rounded).replace("-", "−")
    return f"{shown}%" if unit == "percent" else shown


def show_figure(unit: str, status: str, value: Decimal | None) -> str:
    """Return a value, or the status of a figure without one."""
    return STATUSES[status] if value is None else show_value(unit, value)
