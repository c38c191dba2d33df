"""The offer of support as a resource: what all its actions share."""

from alongside.features.offers.queries import get_offer
from alongside.features.offers.rows import OfferRow
from alongside.platform.forms.action import Resource

OFFER: Resource[OfferRow] = Resource(
    name="offer",
    path="/offers/{offer_id:uuid}",
    load=get_offer,
    url=lambda offer: f"/offers/{offer.id}",
    caption=lambda _, offer: offer.title,
)
