"""The support category as a resource: what its actions share."""

from alongside.features.authorities import settings_of
from alongside.features.categories.notifying import path_of
from alongside.features.categories.queries import get_category
from alongside.features.categories.row import CategoryRow
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource


def _caption(_person: Principal, row: CategoryRow) -> str:
    word = settings_of(row.authority_id).words.category.capitalize()
    return f"{word} of {row.school} in {row.academic_year}"


CATEGORY: Resource[CategoryRow] = Resource(
    name="category",
    path="/categories/{support_category_id:uuid}",
    load=get_category,
    url=path_of,
    caption=_caption,
)
