"""The guide of local offers as the public pages show it: frozen, without a query.

One `Guide` holds what has been released in one data version, as `projects.funding` does for the
programmes. Dates are local and inclusive, times of day local.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from contacts.models.offices import OpeningHours, YesNoUnknown
from contacts.names import search_keys
from contacts.places import Place
from contacts.published import AgencyView, in_force
from contacts.snapshot import current as contacts_of
from contacts.spoken import language_name
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts
from projects.models import Offer, OfferTime
from projects.models.guide import OfferKind, OfferState, TargetGroup

PUBLIC = AnonymousUser()
A_YEAR = dt.timedelta(days=365)
RHYTHMS = OfferTime.Rhythm


@dataclass(frozen=True, eq=False)
class TimeView:
    """When an offer takes place, again and again (1 is Monday); `closes` may be unknown."""

    weekday: int
    opens: dt.time
    closes: dt.time | None
    rhythm: str

    @property
    def day(self) -> str:
        return str(OpeningHours.Weekday(self.weekday).label)

    @property
    def hours(self) -> str:
        """Such as "15:00–17:00", in the active language."""
        begins = time_format(self.opens)
        if self.closes is None:
            return _("from %(time)s") % {"time": begins}
        return f"{begins}–{time_format(self.closes)}"

    @property
    def rhythm_label(self) -> str:
        return str(RHYTHMS(self.rhythm).label)

    def __str__(self) -> str:
        """Such as "Monday, 15:00–17:00", and how often where that is not each week."""
        said = f"{self.day}, {self.hours}"
        return said if self.rhythm == RHYTHMS.WEEKLY else f"{said} ({self.rhythm_label})"


@dataclass(frozen=True, eq=False)
class OfferView:
    """An offer that has been released."""

    id: int
    slug: str
    agency: AgencyView
    place: Place
    kind: str
    title: Text
    text: Text
    times_note: Text
    cost_note: Text
    access_note: Text
    provider: str
    target_groups: tuple[str, ...]
    languages: tuple[str, ...]
    venue: str
    street: str
    postal_code: str
    city: str
    by_appointment: bool
    cost: str
    step_free: str
    contact_name: str
    phone: str
    email: str
    website: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    confirmed_on: dt.date | None
    times: tuple[TimeView, ...] = field(repr=False)

    def is_listed(self, on: dt.date) -> bool:
        """Whether it stands in the guide on the day `on`: also what has not begun yet."""
        return in_force(None, self.valid_until, on)

    def is_coming(self, on: dt.date) -> bool:
        return self.valid_from is not None and on < self.valid_from

    def is_doubtful(self, on: dt.date) -> bool:
        """Whether nobody has said for a year that all of it is right."""
        return self.confirmed_on is None or self.confirmed_on < on - A_YEAR

    @property
    def kind_label(self) -> str:
        return str(OfferKind(self.kind).label)

    @property
    def group_labels(self) -> list[str]:
        return [str(TargetGroup(key).label) for key in self.target_groups if key in TargetGroup]

    @property
    def language_names(self) -> list[str]:
        return [language_name(code) for code in self.languages]

    @property
    def cost_label(self) -> str:
        """ "" where nothing is known of it."""
        return "" if self.cost == Offer.Cost.UNKNOWN else str(Offer.Cost(self.cost).label)

    @property
    def step_free_label(self) -> str:
        unknown = self.step_free == YesNoUnknown.UNKNOWN
        return "" if unknown else str(YesNoUnknown(self.step_free).label)

    @property
    def is_free(self) -> bool:
        return self.cost == Offer.Cost.FREE

    @property
    def costs_something(self) -> bool:
        return self.cost == Offer.Cost.FEE

    @property
    def is_step_free(self) -> bool:
        return self.step_free == YesNoUnknown.YES

    @property
    def has_steps(self) -> bool:
        return self.step_free == YesNoUnknown.NO

    @property
    def address(self) -> list[str]:
        """Building, street and town, as far as they are known."""
        town = f"{self.postal_code} {self.city}".strip()
        return [line for line in (self.venue, self.street, town) if line]

    @cached_property
    def search_keys(self) -> tuple[str, str]:
        """What a search by words looks into, folded as the names of places are."""
        words = [self.provider, self.venue, self.street, self.city, self.place.name]
        for text in (self.title, self.text, self.times_note):
            words += text.versions.values()
        return search_keys(" ".join(words))

    def is_about(self, words: Iterable[tuple[str, str]]) -> bool:
        """Whether each of `words` (as `contacts.names.search_keys` folds them) occurs."""
        return all(
            any(one and one in key for one, key in zip(word, self.search_keys, strict=True))
            for word in words
        )

    def is_for(self, place: Place) -> bool:
        """Whether it stands in the list of `place`: it lies there, or is there for all around."""
        return place in self.place.ladder or self.place in place.ladder

    def get_absolute_url(self) -> str:
        return reverse("projects:offer", args=[self.slug])


@dataclass(frozen=True)
class Guide:
    """All that has been released, in the order of lists.

    `ended` holds what was public once, by the name in its address, with its place.
    """

    offers: tuple[OfferView, ...]
    ended: Mapping[str, Place]

    def offer(self, slug: str) -> OfferView | None:
        return next((offer for offer in self.offers if offer.slug == slug), None)

    def listed(self, on: dt.date) -> list[OfferView]:
        return [offer for offer in self.offers if offer.is_listed(on)]

    def at(self, place: Place, on: dt.date) -> list[OfferView]:
        """What stands in the list of `place`; what lies nearest to it comes first."""
        found = [offer for offer in self.listed(on) if offer.is_for(place)]
        return sorted(found, key=lambda offer: -offer.place.depth)

    def of_agency(self, agency: AgencyView, on: dt.date) -> list[OfferView]:
        return [offer for offer in self.listed(on) if offer.agency.id == agency.id]


def current(versions: Versions) -> Guide:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Guide:
    contacts = contacts_of(versions)
    by_id = contacts.gazetteer.by_id
    times: dict[int, list[TimeView]] = {}
    for row in OfferTime.objects.visible_to(PUBLIC):
        time = TimeView(row.weekday, row.opens, row.closes, row.rhythm)
        times.setdefault(row.offer_id, []).append(time)
    rows = Offer.objects.visible_to(PUBLIC).prefetch_related("translations")
    offers = [
        _offer(row, contacts.agencies[row.agency_id], by_id[row.area_id], times.get(row.pk, ()))
        for row in rows
        if row.area_id in by_id
    ]
    ended = Offer.objects.filter(state=OfferState.ENDED).values_list("slug", "area_id")
    return Guide(
        tuple(sorted(offers, key=_position)),
        {slug: by_id[area_id] for slug, area_id in ended if area_id in by_id},
    )


def _position(offer: OfferView) -> tuple:
    """By town, what is for a whole district in front, then by title as it is in German."""
    town = offer.place.municipality
    return (town.sort_key if town else "", search_keys(offer.title.versions.get("de", ""))[1])


def _offer(row: Offer, agency: AgencyView, place: Place, times: Iterable[TimeView]) -> OfferView:
    words = row.translations.all()
    return OfferView(
        id=row.pk,
        slug=row.slug,
        agency=agency,
        place=place,
        kind=row.kind,
        title=texts(words, "title"),
        text=texts(words, "text"),
        times_note=texts(words, "times_note"),
        cost_note=texts(words, "cost_note"),
        access_note=texts(words, "access_note"),
        provider=row.provider,
        target_groups=tuple(row.target_groups),
        languages=tuple(row.languages),
        venue=row.venue,
        street=row.street,
        postal_code=row.postal_code,
        city=row.city,
        by_appointment=row.by_appointment,
        cost=row.cost,
        step_free=row.step_free,
        contact_name=row.contact_name,
        phone=row.phone,
        email=row.email,
        website=row.website,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        confirmed_on=row.confirmed_on,
        times=tuple(times),
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
