"""The bank holidays of England and Wales, calculated from the statute, so that no list has to be kept up to date."""

from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the western churches.

    Source: the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, ch. 8).
    """
    century, in_century = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year in England and Wales, with substitute days for those at a weekend.

    One-off days (a coronation, a moved holiday) are settings: see `BankHolidays` in the settings.
    Source: Banking and Financial Dealings Act 1971, schedule 1; New Year's Day by proclamation.
    """
    easter = easter_sunday(year)
    found = {
        easter - 2 * ONE_DAY,
        easter + ONE_DAY,
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        kept = fixed
        while kept.weekday() >= 5 or kept in found:
            kept += ONE_DAY
        found.add(kept)
    return frozenset(found)


def _monday_from(day: date) -> date:
    return day + ONE_DAY * (-day.weekday() % 7)
