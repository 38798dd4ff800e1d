"""Nobody forgets an enquiry: the desk is reminded, and then the agency is told.

On the working day before the answer is due, the desk gets one reminder. When that day is over and
nothing has been answered, the mailbox of the agency and its leading post are told, once. Where the
desk stands empty (its holder is away and nobody stands in), the agency is told at once. On the day
that somebody has chosen to look again, the desk is reminded of that.

The jobs may run any number of times, and twice at once: each step reads the enquiry under lock and
writes an event, which is what keeps it from being taken again.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from contacts.enquiries import mails
from contacts.enquiries.desks import desk_now, is_unattended
from contacts.enquiries.events import enter
from contacts.models import Enquiry, EnquiryEvent, Post
from contacts.models.enquiry import EnquiryState
from contacts.snapshot import Snapshot, latest
from contacts.working_days import is_working_day
from portal import clock, jobs

Kind = EnquiryEvent.Kind
# Reasons of events: why a desk was reminded or the agency told, where it is not the usual.
LOOK_AGAIN = "look-again"
UNATTENDED = "unattended"
AHEAD = dt.timedelta(days=1)
OPEN = Q(state=EnquiryState.OPEN, erased_at__isnull=True)
Step = Callable[[Enquiry, dt.datetime], bool]


def working_day_before(day: dt.date, state: str) -> dt.date:
    """The last working day of `state` (an `Agency.State`) before `day`."""
    day -= AHEAD
    while not is_working_day(day, state):
        day -= AHEAD
    return day


# Steps: each under lock, True where something was told --------------------------------------------


def _remind(enquiry: Enquiry, now: dt.datetime) -> bool:
    on, state = clock.today(now), enquiry.agency.state
    is_due = enquiry.answer_by is not None and (
        working_day_before(enquiry.answer_by, state) <= on <= enquiry.answer_by
    )
    if enquiry.reminded_at or not is_due or not is_working_day(on, state):
        return False
    enquiry.reminded_at = now
    enquiry.save(update_fields=["reminded_at"])
    event = enter(enquiry, Kind.REMINDED, by=None, now=now)
    mails.to_desk(enquiry, "reminder", now=now, number=event.pk)
    return True


def _escalate(enquiry: Enquiry, now: dt.datetime) -> bool:
    on = clock.today(now)
    is_late = enquiry.answer_by is not None and enquiry.answer_by < on
    if enquiry.escalated_at or not is_late or not is_working_day(on, enquiry.agency.state):
        return False
    enquiry.escalated_at = now
    enquiry.save(update_fields=["escalated_at"])
    event = enter(enquiry, Kind.ESCALATED, by=None, now=now)
    _tell_agency(enquiry, "late", event, now=now)
    return True


def _look_again(enquiry: Enquiry, now: dt.datetime) -> bool:
    """The day stays, so that the page can show it; the event says that it was told."""
    day, on = enquiry.look_again_on, clock.today(now)
    if day is None or day > on or enquiry.is_closed:
        return False
    told = enquiry.events.filter(kind=Kind.REMINDED, reason=LOOK_AGAIN).last()
    if told is not None and clock.today(told.at) >= day:
        return False
    event = enter(enquiry, Kind.REMINDED, by=None, now=now, reason=LOOK_AGAIN)
    mails.to_desk(enquiry, "look-again", now=now, number=event.pk)
    return True


def _tell_of_empty_desk(enquiry: Enquiry, now: dt.datetime) -> bool:
    """Once for each time that it comes to lie at this desk."""
    since = enquiry.events.filter(kind__in=(Kind.RECEIVED, Kind.HANDED_ON, Kind.REOPENED)).last()
    told = enquiry.events.filter(kind=Kind.ESCALATED, reason=UNATTENDED)
    if since is not None:
        told = told.filter(pk__gt=since.pk)
    if told.exists():
        return False
    event = enter(enquiry, Kind.ESCALATED, by=None, now=now, reason=UNATTENDED)
    _tell_agency(enquiry, "unattended", event, now=now)
    return True


def _tell_agency(enquiry: Enquiry, name: str, event: EnquiryEvent, *, now: dt.datetime) -> None:
    leading = Post.objects.filter(
        agency=enquiry.agency_id,
        leads=True,
        staffing=Post.Staffing.FILLED,
        archived_on__isnull=True,
    ).exclude(pk=enquiry.assigned_post_id)
    mails.to_agency(enquiry, name, now=now, number=event.pk, leading=leading)


# Jobs ---------------------------------------------------------------------------------------------


def remind(now: dt.datetime) -> str:
    """In the morning: who has to answer by tomorrow, what is late, what somebody looks at again."""
    on = clock.today(now)
    owed = Enquiry.objects.filter(OPEN)
    again = Enquiry.objects.filter(look_again_on__lte=on, erased_at__isnull=True)
    reminded = _each(owed.filter(reminded_at__isnull=True), _remind, now)
    late = _each(owed.filter(answer_by__lt=on, escalated_at__isnull=True), _escalate, now)
    looked = _each(again.exclude(state=EnquiryState.CLOSED), _look_again, now)
    return f"{reminded + looked} reminders, {late} late" if reminded + looked + late else ""


def tell_of_empty_desks(now: dt.datetime) -> str:
    """Every few minutes: what lies at a desk at which nobody is."""
    on, rows = clock.today(now), Enquiry.objects.filter(OPEN, assigned_post__isnull=False)
    if not rows.exists():
        return ""
    snapshot = latest()
    empty = [each.pk for each in rows if _is_at_empty_desk(each, on=on, snapshot=snapshot)]
    told = _each(rows.filter(pk__in=empty), _tell_of_empty_desk, now)
    return f"{told} at empty desks" if told else ""


def _is_at_empty_desk(enquiry: Enquiry, *, on: dt.date, snapshot: Snapshot) -> bool:
    return is_unattended(desk_now(enquiry, on=on, snapshot=snapshot))


def _each(rows: QuerySet, step: Step, now: dt.datetime) -> int:
    """Take `step` with each of `rows`, in a transaction of its own, if it is still one of them."""
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            locked = rows.select_for_update(of=("self",)).filter(pk=pk).first()
            done += locked is not None and step(locked, now)
    return done


def register_jobs() -> None:
    label = gettext_lazy("Reminds desks of enquiries, and tells the agency of late ones")
    jobs.register(jobs.Job("enquiries", label, jobs.Nightly(at=dt.time(6, 30)), remind))
    label = gettext_lazy("Tells the agency of enquiries at desks at which nobody is")
    soon = jobs.Every(dt.timedelta(minutes=10))
    jobs.register(jobs.Job("enquiries-empty-desks", label, soon, tell_of_empty_desks))
