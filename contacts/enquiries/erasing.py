"""Erasing what names people in an enquiry, when its period of keeping is over.

The period runs from the day on which it was closed. What was answered and never closed counts from
the last answer on, or from the talk to which an interpreter comes, and is closed then. What nobody
has answered is kept, and shown as late. What is left (kind, place, desk, days, languages, what it
was about) names nobody.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy

from contacts.enquiries import interpreters
from contacts.enquiries.events import enter
from contacts.enquiries.following import take_back_introductions
from contacts.enquiries.promises import kept_until
from contacts.models import Assignment, Enquiry, EnquiryEvent
from contacts.models.enquiry import EnquiryState, Outcome
from contacts.spoken import is_code
from portal import clock, jobs, privacy
from portal.models import OutboxMessage, User

Kind = EnquiryEvent.Kind
PERSONAL = ("name", "organisation", "email", "phone", "typed_place", "text", "times", "page")
GOES_ON = (Kind.ANSWERED, Kind.HANDED_ON, Kind.MATCHED, Kind.AGREED, Kind.INTRODUCED)
GOES_ON += (Kind.INTERPRETER, Kind.TAKEN_UP)


def due(on: dt.date) -> Iterator[Enquiry]:
    """Enquiries whose last day of keeping lies before the local date `on`."""
    return (row for row in _kept(on).order_by("pk") if _is_over(row, on))


def _kept(on: dt.date) -> QuerySet:
    """What waits for the end of its period, with the last instant at which it was worked on."""
    rows = Enquiry.objects.filter(erased_at__isnull=True).exclude(state=EnquiryState.OPEN)
    rows = rows.filter(Q(look_again_on__isnull=True) | Q(look_again_on__lt=on))
    coming = Q(assignments__state__in=Assignment.UNDER_WAY)
    return rows.annotate(
        worked_on=Max("events__at", filter=Q(events__kind__in=GOES_ON)),
        talk_day=Max("assignments__day", filter=coming),
    )


def _is_over(enquiry: Enquiry, on: dt.date) -> bool:
    ended = clock.today(enquiry.closed_at or enquiry.worked_on or enquiry.received_at)
    if enquiry.talk_day is not None:  # an interpreter comes: it is needed until then
        ended = max(ended, enquiry.talk_day)
    return kept_until(enquiry.kind, closed_on=ended) < on


def erase_due(now: dt.datetime) -> int:
    """Erase all that is due; returns how many. Accounts that nothing needs any more go as well."""
    return sum(_erase_if_due(enquiry, now=now) for enquiry in list(due(clock.today(now))))


@transaction.atomic
def _erase_if_due(enquiry: Enquiry, *, now: dt.datetime) -> bool:
    """Look once more under lock: the sender may have written again meanwhile."""
    on, email = clock.today(now), enquiry.email
    Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    row = _kept(on).filter(pk=enquiry.pk).first()
    if row is None or not _is_over(row, on):
        return False
    erase(row, outcome=Outcome.NO_REPLY, now=now)
    user = User.objects.of_address(email) if email else None
    if user is not None:
        privacy.forget_unused(user, now=now)
    return True


@transaction.atomic
def erase(enquiry: Enquiry, *, outcome: Outcome, now: dt.datetime) -> None:
    """Blank what names anybody, delete what was said and the mails about it.

    What is not closed yet is closed with `outcome`.
    """
    row = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if not row.is_closed:
        row.state, row.outcome, row.closed_at = EnquiryState.CLOSED, outcome, now
        row.look_again_on = None
        enter(row, Kind.CLOSED, by=None, now=now, reason=outcome)
        take_back_introductions(row, now=now)
        interpreters.take_back(row, by=None, now=now, tell_sender=False)
    for name in PERSONAL:
        setattr(row, name, "")
    row.languages = [code for code in row.languages if is_code(code)]
    row.erased_at = now
    row.save()
    row.messages.all().erase()
    row.events.filter(kind=Kind.HANDED_ON).blank("reason")  # whatever somebody has typed there
    _forget_mails(row)


def _forget_mails(enquiry: Enquiry) -> None:
    """The mails about it, and those that told somebody else of its sender."""
    about = Q(about__startswith=f"enquiry:{enquiry.uuid}:")
    for mine, other in (("as_offer", "request"), ("as_request", "offer")):
        for row in getattr(enquiry, mine).select_related(other):
            theirs = f"enquiry:{getattr(row, other).uuid}"
            about |= Q(about=f"{theirs}:introduced-{row.pk}:sender")
            about |= Q(about=f"{theirs}:proposal-{row.pk}:sender")  # with the times, as typed
    OutboxMessage.objects.filter(about).delete()


def run(now: dt.datetime) -> str:
    count = erase_due(now)
    return f"{count} enquiries erased" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Erases what names people in enquiries whose time is over")
    jobs.register(jobs.Job("erase-enquiries", label, jobs.Nightly(at=dt.time(2, 30)), run))
