"""The academic year and the release of a file: as chosen, or recognised from its cells or its name."""

from collections.abc import Collection

from alongside.features.performance.published.sheets import Sheet, UnreadableTable
from alongside.features.performance.published.years import release_in, year_in, year_of_cell


def year_of(sheet: Sheet, cells: Collection[str], chosen: str | None) -> str:
    """Return the academic year of a table; `cells` are those of its column of years.

    Raises UnreadableTable for a file of another year than the chosen one, or if nothing names the year.
    """
    years = {year_of_cell(cell) for cell in cells} - {None}
    found = max((year for year in years if year), default=None) or year_in(sheet.filename)
    if chosen is None and found is None:
        raise UnreadableTable(f"{sheet.filename} does not say its academic year. Choose the year.")
    if chosen is not None and found is not None and chosen != found and chosen not in years:
        raise UnreadableTable(
            f"{sheet.filename} is of {found}, not of {chosen}. Choose the year of the file, or another file."
        )
    return chosen or found or ""


def release_of(sheet: Sheet, cells: Collection[str], chosen: str | None) -> str:
    """Return the release of a table; `cells` are those of its column of releases.

    Raises UnreadableTable for a file of another release than the chosen one, or if nothing names the release.
    """
    named = {release_in(cell) for cell in cells} - {None}
    found = named.pop() if len(named) == 1 else release_in(sheet.filename)
    if chosen is None and found is None:
        raise UnreadableTable(
            f"{sheet.filename} does not say its release. Choose provisional, revised or final."
        )
    if chosen is not None and found is not None and chosen != found:
        raise UnreadableTable(
            f"{sheet.filename} is the {found} release, not the {chosen} one. Choose the release of the file."
        )
    return chosen or found or ""
