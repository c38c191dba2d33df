"""Serialise rows of the public table as Atom (RFC 4287) and JSON Feed 1.1."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

from alongside.features.directory.evidence import level_of
from alongside.features.directory.labels import LABELS
from alongside.features.directory.public_site.queries import PublicText
from alongside.platform.web.markdown import plain
from alongside.platform.web.spreadsheet import NOT_XML

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"
TEXTS = ("problem", "context", "what_we_did", "evidence", "what_to_avoid", "what_you_need")
SUMMARY = 400


def atom(name: str, home: str, itself: str, entries: Sequence[PublicText]) -> str:
    """An Atom feed of the authority's public entries. `home` is the URL of its public directory."""
    feed = ET.Element("feed", xmlns=NAMESPACE)
    _add(feed, "title", f"Good practice in {name}")
    _add(feed, "id", itself)
    ET.SubElement(feed, "link", rel="self", href=itself)
    ET.SubElement(feed, "link", rel="alternate", href=home)
    newest = max((updated_at(one) for one in entries), default=datetime(2020, 1, 1, tzinfo=UTC))
    _add(feed, "updated", newest.isoformat())
    _add(_child(feed, "author"), "name", name)
    for one in entries:
        entry = _child(feed, "entry")
        _add(entry, "title", one.title)
        _add(entry, "id", f"urn:uuid:{one.id}")
        ET.SubElement(entry, "link", rel="alternate", href=f"{home}/{one.id}")
        _add(entry, "published", one.listed_at.isoformat())
        _add(entry, "updated", updated_at(one).isoformat())
        _add(_child(entry, "author"), "name", one.school or one.source_name or name)
        _add(entry, "summary", plain(one.problem or one.what_we_did, SUMMARY))
        for theme in one.themes:
            ET.SubElement(entry, "category", term=theme)
        if one.licence or one.attribution:
            _add(entry, "rights", " ".join(part for part in (one.attribution, one.licence) if part))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode")


def updated_at(one: PublicText) -> datetime:
    """When an entry last changed for readers: never before its publication (RFC 4287, 4.2.9 and 4.2.15)."""
    reviewed = datetime.combine(one.reviewed_on, time(), UTC)
    return max(one.listed_at, reviewed)


def json_feed(name: str, home: str, itself: str, entries: Sequence[PublicText], following: str | None) -> str:
    """A JSON feed with each entry in full. `following` is the URL of the next page."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Good practice in {name}",
        "home_page_url": home,
        "feed_url": itself,
        "language": "en-GB",
        "items": [_item(one, home) for one in entries],
    }
    if following:
        feed["next_url"] = following
    return json.dumps(feed, ensure_ascii=False)


def _item(one: PublicText, home: str) -> dict[str, object]:
    return {
        "id": f"urn:uuid:{one.id}",
        "url": f"{home}/{one.id}",
        "title": one.title,
        "content_text": "\n\n".join(
            f"{LABELS[name]}\n{getattr(one, name)}" for name in TEXTS if getattr(one, name)
        ),
        "date_published": one.listed_at.isoformat(),
        "date_modified": updated_at(one).isoformat(),
        "authors": [{"name": one.school or one.source_name}],
        "tags": list(one.themes),
        "_entry": {
            "kind": one.kind,
            "school_urn": one.school_urn,
            "phases": list(one.phases),
            "key_stages": list(one.key_stages),
            "evidence_level": one.evidence_level,
            "evidence": level_of(one.evidence_level).label,
            "cost_pence": one.cost_pence,
            "staff_hours": None if one.staff_hours is None else float(one.staff_hours),
            "review_due_on": one.review_due_on.isoformat(),
            "source_url": one.source_url,
            "licence": one.licence,
            "attribution": one.attribution,
        },
    }


def _child(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, name)


def _add(parent: ET.Element, name: str, text: str) -> None:
    _child(parent, name).text = NOT_XML.sub("", text)
