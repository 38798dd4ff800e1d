"""What needs doing about the contacts, for the start page of the administration.

One line for each gap and each contradiction, since each is another place that somebody asks for;
one line for every other kind of finding, however many there are. What a line concerns is counted in
look-ups of the last 90 days.

Whoever has a role sees the lines of their agencies; what can be done about them is decided on the
pages to which they lead.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts import coverage, demand, quality, snapshot
from contacts.consequences import some_of
from contacts.coverage import Gap
from contacts.demand import Demand
from contacts.learning import week_of
from contacts.models import Correction, Enquiry, MissedInput
from contacts.models.enquiry import EnquiryState
from contacts.quality import Finding, Kind, Severity
from contacts.quality.gap_words import sentence, where
from contacts.quality.soon import Turn, turns
from contacts.roles import agencies_of
from contacts.snapshot import Snapshot
from portal import clock, data_version
from portal.dashboard import Line

EACH = 5  # so many gaps have a line of their own; what comes behind them shares one
REPORT = "admin:contacts_report"
# Decides among lines that concern as many look-ups; "mail" is that of `portal.undelivered`.
RANKS = (
    "gap",
    Kind.OVERLAP,
    Kind.UNREACHABLE,
    Kind.PHONE,
    Kind.EMAIL,
    "soon",
    Kind.VACANT,
    Kind.UNCONFIRMED,
    Kind.DOUBT,
    "mail",
    "corrections",
    "misses",
    Kind.DUPLICATE,
    Kind.FORMER,
    Kind.HOURS,
    Kind.TRANSLATION,
    Kind.LEGAL,
)
LATE, WAITING = -2, -1  # of enquiries: before all of these
ONE_BY_ONE = (Kind.OVERLAP,)


@dataclass(frozen=True)
class Item:
    """Something to do about the towns `places`, on `topic_id` only if it is given."""

    about: str
    detail: str
    url: str
    places: frozenset[int]
    topic_id: int | None = None


def scope_of(user) -> frozenset[int] | None:
    """The ids of the agencies of which `user` sees the report; None: of all."""
    if user.is_superuser and user.is_active:
        return None
    return agencies_of(user)


def has_report(request: HttpRequest) -> bool:
    """Whether there is anything that the user may read a report about."""
    scope = scope_of(request.user)
    return scope is None or bool(scope)


def for_start_page(request: HttpRequest) -> list[Line]:
    """The lines for the user of `request`; their number of queries is constant."""
    if not has_report(request):
        return []
    scope = scope_of(request.user)
    held = snapshot.current(data_version.read())
    return list(lines(request.user, held, on=clock.today(), scope=scope))


def lines(user, held: Snapshot, *, on: dt.date, scope: frozenset[int] | None) -> Iterator[Line]:
    asked = demand.recent(on=on)
    gaps = coverage.gaps(held, on=on, known=coverage.reasons(scope), agencies=scope)
    yield from _one_by_one("gap", [_of_gap(gap, held) for gap in gaps if not gap.explained], asked)
    findings = quality.report(held, on=on, agencies=scope)
    for kind in (kind for kind in Kind if kind.severity < Severity.KNOWN):
        items = [_of_finding(finding) for finding in findings if finding.kind is kind]
        grouped = _one_by_one if kind in ONE_BY_ONE else _together
        yield from grouped(kind, items, asked)
    soon = [_of_turn(turn, held) for turn in turns(held, on=on, agencies=scope)]
    yield from _one_by_one("soon", soon, asked)
    yield from _enquiries(user, on=on)
    yield from _corrections(user, held, asked, on=on)
    yield from _misses(user, on=on)


# Items --------------------------------------------------------------------------------------------


def _of_gap(gap: Gap, held: Snapshot) -> Item:
    towns = coverage.municipality_ids(gap.areas, held)
    topic_id = gap.topic.id if gap.topic else None
    about = _("No answer: %(places)s") % {"places": where(gap)}
    return Item(about, sentence(gap), f"{reverse(REPORT)}#gaps", towns, topic_id)


def _of_finding(finding: Finding) -> Item:
    about = finding.about
    if finding.kind in ONE_BY_ONE:
        about = f"{finding.kind.label}: {about}"
    return Item(about, finding.message, finding.url, finding.places, finding.topic_id)


def _of_turn(turn: Turn, held: Snapshot) -> Item:
    towns = coverage.municipality_ids(turn.areas, held)
    return Item(turn.about, turn.message, turn.url, towns)


def _look_ups(items: Iterable[Item], asked: Demand) -> int:
    """Every look-up counts once, however many items it concerns."""
    towns: dict[int | None, set[int]] = {}
    for item in items:
        towns.setdefault(item.topic_id, set()).update(item.places)
    general = towns.pop(None, set())
    on_topics = (asked.of(places - general, topic) for topic, places in towns.items())
    return asked.of(general) + sum(on_topics)


# Lines --------------------------------------------------------------------------------------------


def _one_by_one(key: str, items: Sequence[Item], asked: Demand) -> Iterator[Line]:
    """A line each for the most asked for, and one for the rest."""
    rank = RANKS.index(key)
    ordered = sorted(items, key=lambda item: -_look_ups([item], asked))
    for item in ordered[:EACH]:
        yield Line(
            what=item.about,
            detail=item.detail,
            url=item.url,
            look_ups=_look_ups([item], asked),
            rank=rank,
        )
    rest = ordered[EACH:]
    if rest:
        yield Line(
            what=REST[key](len(rest)),
            detail=some_of([item.about for item in rest], limit=3),
            url=f"{reverse(REPORT)}#{ANCHORS.get(key, key)}",
            look_ups=_look_ups(rest, asked),
            rank=rank,
        )


def _together(key: Kind, items: Sequence[Item], asked: Demand) -> Iterator[Line]:
    """One line for all of a kind, which names those that are most asked for."""
    if not items:
        return
    ordered = sorted(items, key=lambda item: -_look_ups([item], asked))
    names = list(dict.fromkeys(item.about for item in ordered))
    one = len(items) == 1
    yield Line(
        what=f"{key.label}: {len(items)}",
        detail=f"{names[0]}: {ordered[0].detail}" if one else some_of(names, limit=3),
        url=ordered[0].url if one else f"{reverse(REPORT)}#{key}",
        look_ups=_look_ups(items, asked),
        rank=RANKS.index(key),
    )


def _more_gaps(number: int) -> str:
    return ngettext("%d more gap", "%d more gaps", number) % number


def _more_overlaps(number: int) -> str:
    text = ngettext("%d more contradiction", "%d more contradictions", number)
    return text % number


def _more_turns(number: int) -> str:
    text = ngettext("%d more thing begins or ends soon", "%d more things begin or end soon", number)
    return text % number


REST: dict[str, Callable[[int], str]] = {
    "gap": _more_gaps,
    Kind.OVERLAP: _more_overlaps,
    "soon": _more_turns,
}
ANCHORS = {"gap": "gaps"}


# What people have written -------------------------------------------------------------------------


def _enquiries(user, *, on: dt.date) -> Iterator[Line]:
    """Those of one's own desk, counted with one query; nothing where somebody has no part in it."""
    is_open = Q(state=EnquiryState.OPEN)
    counts = Enquiry.objects.visible_to(user).aggregate(
        late=Count("pk", filter=is_open & Q(answer_by__lt=on)),
        waiting=Count("pk", filter=is_open & Q(answer_by__gte=on)),
        again=Count("pk", filter=Q(look_again_on__lte=on)),
    )
    inbox = reverse("admin:contacts_enquiry_changelist")
    late, waiting, again = counts["late"], counts["waiting"], counts["again"]
    if late:
        text = ngettext("%d enquiry is overdue", "%d enquiries are overdue", late)
        yield Line(what=text % late, url=f"{inbox}?due=overdue", rank=LATE)
    if waiting:
        text = ngettext(
            "%d enquiry waits for an answer", "%d enquiries wait for an answer", waiting
        )
        yield Line(what=text % waiting, url=inbox, rank=WAITING)
    if again:
        text = ngettext(
            "%d enquiry to be looked at again", "%d enquiries to be looked at again", again
        )
        yield Line(what=text % again, url=f"{inbox}?due=again&state=all", rank=WAITING)


# What visitors say --------------------------------------------------------------------------------


def _corrections(user, held: Snapshot, asked: Demand, *, on: dt.date) -> Iterator[Line]:
    rows = Correction.objects.visible_to(user).filter(closed_at__isnull=True)
    rows = list(rows.order_by().values_list("post_id", "agency_id"))
    if not rows:
        return
    areas = []
    for post_id, agency_id in rows:
        post, agency = held.posts.get(post_id), held.agencies.get(agency_id)
        if post is not None:
            areas += [rule.area for rule in held.areas_of(post, on)]
        elif agency is not None:
            areas += agency.districts
    text = ngettext("%d message from a visitor", "%d messages from visitors", len(rows))
    yield Line(
        what=text % len(rows),
        detail=_("Something is wrong or missing, they say."),
        url=reverse("admin:contacts_correction_changelist"),
        look_ups=asked.of(coverage.municipality_ids(areas, held)),
        rank=RANKS.index("corrections"),
    )


def _misses(user, *, on: dt.date) -> Iterator[Line]:
    since = week_of(on - dt.timedelta(days=demand.DAYS))
    rows = MissedInput.objects.visible_to(user).filter(week__gte=since).exclude(text="")
    summed = rows.order_by().values("text").annotate(total=Sum("number"), latest=Max("week"))
    names = [(row["total"], row["text"]) for row in summed]
    if not names:
        return
    names.sort(reverse=True)
    text = ngettext("%d name leads nowhere", "%d names lead nowhere", len(names))
    yield Line(
        what=text % len(names),
        detail=some_of([f"“{name}”" for _number, name in names], limit=3),
        url=reverse("admin:contacts_missedinput_changelist"),
        look_ups=sum(number for number, _name in names),
        rank=RANKS.index("misses"),
    )
