"""Settings that have no effect yet, because the feature that will use them is not built.

A test requires every other setting to have a tested effect.
"""

from collections.abc import Mapping

LATER: Mapping[str, str] = {
    "governance.profile": "governance: who runs what",
    "governance.commissioner": "governance: who runs what",
    "words.link_adviser": "programmes: advisers of a school",
    "words.support_partner": "the authority’s own word for a support partner",
    "credits.used": "credits that schools earn",
    "credits.name": "credits that schools earn",
    "entitlement.adviser_sessions": "programmes: sessions that a school shapes",
    "tiers": "funding: levels at which schools buy support",
    "providers": "providers beside the authority and its schools",
}
"""Setting path → the feature that will use it."""
