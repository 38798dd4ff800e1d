"""Offers of the guide for tests; every factory fills in what does not matter."""

import datetime as dt

from contacts.models import Agency, Area
from projects.models import Offer, OfferTime, OfferTranslation
from projects.models.guide import OfferKind, OfferState
from tests import factories

AFTERNOON = (dt.time(15), dt.time(17))


def offer(
    agency: Agency,
    area: Area,
    title: str = "Sprachcafé",
    *,
    days: tuple[int, ...] = (),
    texts: dict[str, tuple[str, str]] | None = None,
    text: str = "Reden, spielen, Kaffee trinken.",
    **fields,
) -> Offer:
    """A public offer; `days` are weekdays (1 is Monday), `texts` more languages."""
    fields = {
        "slug": f"angebot-{factories.number()}",
        "kind": OfferKind.MEETING,
        "provider": "Bunter Verein e. V.",
        "state": OfferState.PUBLISHED,
        "confirmed_on": dt.date(2026, 11, 2),
        "phone": "03437 12345",
    } | fields
    created = Offer.objects.create(agency=agency, area=area, **fields)
    for code, (heading, words) in {"de": (title, text), **(texts or {})}.items():
        OfferTranslation.objects.create(
            master=created, language_code=code, title=heading, text=words
        )
    for day in days:
        begins, ends = AFTERNOON
        OfferTime.objects.create(offer=created, weekday=day, opens=begins, closes=ends)
    return created
