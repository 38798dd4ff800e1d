"""Offers and requests that may suit each other, and asking both whether they want to meet.

`score` is a pure function of two rows. Same town counts most, then a neighbouring town, then the
same district; in between, what both want to do and the languages that both speak. Of what lies with
colleagues only the number and the desk are told.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.enquiries import mails
from contacts.enquiries.events import enter
from contacts.models import Area, Enquiry, EnquiryEvent, Introduction
from contacts.models.enquiry import Activity, EnquiryKind, EnquiryState
from contacts.spoken import language_name
from portal.models import User

OFFERS = frozenset({EnquiryKind.HELP_OFFERED})
REQUESTS = frozenset({EnquiryKind.HELP_WANTED, EnquiryKind.PEOPLE_WANTED})
MOST = 10
LOOKED_AT = 500  # the newest of the other side; nobody has more that are open
# The place decides; what they share, at most 24, decides among those that are as near.
SAME_TOWN, NEIGHBOUR, SAME_DISTRICT = 60, 35, 10
AN_ACTIVITY, A_LANGUAGE = 12, 5  # a second one and further ones count 1 each
State = Introduction.State


@dataclass(frozen=True)
class Row:
    """What is compared of an enquiry; places are keys of areas, None where none is known."""

    town: int | None
    district: int | None
    neighbours: frozenset[int]
    activities: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True)
class Score:
    """How well two rows suit each other; with the reasons, as a page says them."""

    points: int
    near: str  # "town", "neighbour", "district" or ""
    activities: tuple[str, ...]
    languages: tuple[str, ...]

    def reasons(self) -> list[str]:
        said = {
            "town": _("same town"),
            "neighbour": _("neighbouring town"),
            "district": _("same district"),
        }
        found = [said[self.near]] if self.near else []
        if self.activities:
            names = ", ".join(str(Activity(key).label) for key in self.activities)
            found.append(_("both: %(activities)s") % {"activities": names})
        if self.languages:
            names = ", ".join(language_name(code) for code in self.languages)
            found.append(_("both speak %(languages)s") % {"languages": names})
        return found


def score(one: Row, other: Row) -> Score | None:
    """How well two rows suit each other; None: not at all.

    They do not suit when their places are in different districts, or when both say what it is
    about and have nothing in common. Where one says nothing about either, the other decides.
    """
    activities = one.activities & other.activities - {Activity.OTHER}
    both_say = one.activities - {Activity.OTHER} and other.activities - {Activity.OTHER}
    if both_say and not activities:
        return None
    near, points = _near(one, other)
    if not near and (not activities or (one.town and other.town)):
        return None
    languages = one.languages & other.languages
    points += _shared(activities, AN_ACTIVITY) + _shared(languages, A_LANGUAGE)
    order = list(Activity.values)
    return Score(points, near, tuple(sorted(activities, key=order.index)), tuple(sorted(languages)))


def _shared(what: frozenset[str], first: int) -> int:
    return first + min(len(what) - 1, 3) if what else 0


def _near(one: Row, other: Row) -> tuple[str, int]:
    if one.town and one.town == other.town:
        return "town", SAME_TOWN
    if other.town in one.neighbours or one.town in other.neighbours:
        return "neighbour", NEIGHBOUR
    if one.district and one.district == other.district:
        return "district", SAME_DISTRICT
    return "", 0


# Suggestions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggestion:
    enquiry: Enquiry
    reasons: list[str]


@dataclass(frozen=True)
class Suggestions:
    """Those that may be read, the best first, and how many lie at which desk of colleagues."""

    rows: list[Suggestion]
    elsewhere: list[tuple[str, int]]


def is_matched(enquiry: Enquiry) -> bool:
    """Whether there is another side to look for."""
    wanted = enquiry.kind in OFFERS | REQUESTS
    return wanted and not enquiry.is_closed and not enquiry.erased_at


def suggest(enquiry: Enquiry, *, user: User) -> Suggestions:
    """What may suit `enquiry`, for `user`; a constant number of queries."""
    if not is_matched(enquiry):
        return Suggestions([], [])
    mine = row_of(enquiry, neighbours_of(enquiry))
    others = list(_others(enquiry, Enquiry.objects.visible_to(user)))
    hidden = Enquiry.objects.filter(agency=enquiry.agency_id).exclude(
        pk__in=Enquiry.objects.visible_to(user).values("pk")
    )
    found = [(score(mine, row_of(each)), each) for each in others]
    fitting = [(fit, each) for fit, each in found if fit is not None]
    fitting.sort(key=lambda pair: (-pair[0].points, pair[1].received_at))
    elsewhere = _others(enquiry, hidden).prefetch_related("assigned_post__translations")
    desks = Counter(
        str(each.assigned_post) for each in elsewhere if score(mine, row_of(each)) is not None
    )
    return Suggestions(
        [Suggestion(each, fit.reasons()) for fit, each in fitting[:MOST]],
        sorted(desks.items()),
    )


def _others(enquiry: Enquiry, rows: QuerySet) -> QuerySet:
    """The other side in `rows`: open or answered, and neither asked nor introduced nor refused."""
    kinds = REQUESTS if enquiry.kind in OFFERS else OFFERS
    done = Introduction.objects.exclude(state=State.TAKEN_BACK)
    met = done.filter(offer=enquiry).values("request")
    met_too = done.filter(request=enquiry).values("offer")
    found = rows.filter(kind__in=kinds, erased_at__isnull=True)
    found = found.exclude(state=EnquiryState.CLOSED).exclude(Q(pk__in=met) | Q(pk__in=met_too))
    # Up to the district of a part of a quarter.
    places = found.select_related("area__parent__parent__parent", "assigned_post", "agency")
    return places.prefetch_related("assigned_post__translations")[:LOOKED_AT]


def neighbours_of(enquiry: Enquiry) -> frozenset[int]:
    town = _town_of(enquiry.area)
    return frozenset(town.neighbours.values_list("pk", flat=True)) if town else frozenset()


def row_of(enquiry: Enquiry, neighbours: Iterable[int] = ()) -> Row:
    town = _town_of(enquiry.area)
    district = enquiry.area
    while district is not None and district.parent is not None:
        district = district.parent
    return Row(
        town=town.pk if town else None,
        district=district.pk if district else None,
        neighbours=frozenset(neighbours),
        activities=frozenset(enquiry.activities) & frozenset(Activity.values),
        languages=frozenset(enquiry.languages),
    )


def _town_of(area: Area | None) -> Area | None:
    return area.municipality if area is not None else None


# Asking both --------------------------------------------------------------------------------------


@transaction.atomic
def propose(offer: Enquiry, request: Enquiry, *, by: User, now: dt.datetime) -> Introduction:
    """Ask both sides whether they want to meet; neither learns who the other is.

    Whoever has given an address gets a mail; the others are called. Raises ValidationError for two
    that are no offer and no request, that are closed or erased, or have been asked already.
    """
    locked = _locked([offer, request], by=by)
    offer, request = locked[offer.pk], locked[request.pk]
    if offer.kind not in OFFERS or request.kind not in REQUESTS:
        raise ValidationError(_("Only an offer of help and a request can be brought together."))
    if not (is_matched(offer) and is_matched(request)):
        raise ValidationError(_("One of the two is closed meanwhile."))
    pair = Introduction.objects.filter(offer=offer, request=request)
    if pair.exclude(state=State.TAKEN_BACK).exists():
        raise ValidationError(_("These two have been asked already."))
    found = Introduction.objects.create(
        offer=offer, request=request, proposed_by=by, proposed_at=now
    )
    for one, other in ((offer, request), (request, offer)):
        enter(one, EnquiryEvent.Kind.MATCHED, by=by, now=now)
        mails.to_sender(one, "proposal", now=now, number=found.pk, **_about(other))
    return found


@transaction.atomic
def take_back(introduction: Introduction, *, by: User, now: dt.datetime) -> None:
    """Nobody is asked any more. What both have agreed to cannot be taken back."""
    found = (
        Introduction.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk=introduction.pk)
        .first()
    )
    if found is None or found.state != State.ASKED:
        raise ValidationError(_("There is nothing to take back any more."))
    found.state, found.settled_at = State.TAKEN_BACK, now
    found.save(update_fields=["state", "settled_at"])


def _locked(enquiries: Iterable[Enquiry], *, by: User) -> Mapping[int, Enquiry]:
    """In the order of their keys, so that two who ask at once do not wait for each other."""
    keys = [enquiry.pk for enquiry in enquiries]
    rows = Enquiry.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=keys)
    found = {enquiry.pk: enquiry for enquiry in rows.order_by("pk")}
    if len(found) < len(set(keys)) or len(found) != 2:
        raise ValidationError(_("One of the two lies at another desk now."))
    return found


def _about(other: Enquiry) -> dict:
    """What one side is told of `other`: nothing that says who it is."""
    about = [Activity(key).label for key in other.activities if key in Activity.values]
    town = _town_of(other.area) or other.area
    return {
        "offers": other.kind in OFFERS,
        "about": about,
        "place": str(town) if town else "",
        "languages": other.languages,
        "times": other.times,
    }
