"""The cache of settings keeps equal parts of authorities once, and never mixes different ones."""

from decimal import Decimal

import msgspec

from alongside.features.authorities.files import read_authorities, tenants_folder
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import shared


class Inner(msgspec.Struct, frozen=True):
    """A part of settings."""

    number: int
    names: dict[str, tuple[str, ...]]


class Outer(msgspec.Struct, frozen=True):
    """Settings with parts in them."""

    name: str
    inner: Inner
    amount: Decimal


def test_equal_parts_are_kept_once_and_the_rest_stays() -> None:
    like = Outer("Wigan", Inner(5, {"one": ("a", "b"), "two": ("c",)}), Decimal(3))
    made = Outer("York", Inner(6, {"one": ("a", "b"), "two": ("d",), "three": ()}), Decimal(3))
    found = shared(made, like)
    assert found == made
    assert found.amount is like.amount
    assert found.inner.names["one"] is like.inner.names["one"]
    assert found.inner.names["two"] == ("d",)


def test_another_type_is_not_replaced() -> None:
    assert shared(True, 1) is True
    assert str(shared(Decimal("3.0"), Decimal(3))) == "3.0"


def test_the_order_of_entries_is_kept() -> None:
    assert list(shared({"a": 1, "b": 2}, {"b": 2, "a": 1})) == ["a", "b"]


def test_the_shipped_authorities_stay_as_they_are() -> None:
    read, _ = read_authorities(tenants_folder())
    first, *others = read
    for settings in others:
        found: AuthoritySettings = shared(settings, first)
        assert msgspec.json.encode(found) == msgspec.json.encode(settings)
        assert found.measures is first.measures or found.measures != first.measures
