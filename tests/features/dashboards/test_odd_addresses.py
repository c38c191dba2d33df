"""Malformed URLs are read as far as possible or refused, and never cause a server error."""

import pytest

from tests.client import Client
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, LEAD_OF_NORTH

ODD = (
    "/schools/99999999999999999999",
    "/schools/4294967296",
    "/schools?page=99999999999999999999",
    "/schools?page=-1",
    "/schools?page=abc",
    "/schools?q=%00",
    "/needs-and-offers?q=%00",
    "/needs-and-offers?within=99999999999",
    "/needs-and-offers?within=abc",
    "/needs-and-offers?theme=nope",
    "/needs-and-offers?consortium=zzz",
    "/needs-and-offers?sort=x",
    "/needs-and-offers?after=%%%",
    "/needs-and-offers?after=AAAA",
    "/needs-and-offers/news?since=x",
    "/needs-and-offers/news?since=9999-12-31T23:59:59%2B00:00",
    "/notifications?page=99999999999999999999",
    "/needs?page=9999999999999",
    "/offers?page=9999999999999",
    "/agreements?page=9999999999999999999",
    "/proposals?page=999999999999999999",
    "/needs/new?school=99999999999999",
    "/needs/new?school=abc",
    "/needs-and-offers?q=%F0%9F%98%80",
    "/needs-and-offers?kind=need&kind=offer",
    "/needs-and-offers?q=a&q=b",
    "/consortium?q=%25",
    "/needs-and-offers?after=bmFufDAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ",
    "/needs-and-offers?after=aW5mfDAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ",
    "/needs-and-offers?after=MWUzMDB8MDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx",
    "/people?page=99999999999999",
    "/people?q=%00",
    "/account?x=%FF",
    "/sign-in?next=%0d%0aSet-Cookie:x",
    "/needs-and-offers?q=" + "x" * 5000,
)


@pytest.mark.parametrize("path", ODD)
async def test_an_odd_address_breaks_nothing(module_client: Client, path: str) -> None:
    """As a headteacher, a lead and an administrator."""
    for who in (HEAD_OF_MILL, LEAD_OF_NORTH, ADMINISTRATOR):
        answer = await module_client.get(path, who)
        assert answer.status_code < 500, (path, who.name)
