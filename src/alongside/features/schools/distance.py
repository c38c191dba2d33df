"""The straight-line distance between two schools on the British National Grid, as SQL."""

from sqlalchemy import ColumnElement, Float, bindparam, cast, func

from alongside.features.schools.models import School

METRES_PER_MILE = 1609.344


def miles_to_school(easting: str, northing: str) -> ColumnElement[float]:
    """SQL for the miles from a point to `School`; NULL if either is unknown. The arguments are bind names (metres).

    Double precision throughout: the square of more than 46.3 km does not fit into an integer of 32 bits.
    """
    east = cast(School.easting, Float) - bindparam(easting, type_=Float)
    north = cast(School.northing, Float) - bindparam(northing, type_=Float)
    return cast(func.sqrt(east * east + north * north) / METRES_PER_MILE, Float)
