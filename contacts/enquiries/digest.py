"""One mail in the morning instead of one for each enquiry, for those who have chosen it.

It comes on working days of the agency's federal state, and only where there is something: what is
new since the last one, and what has to be answered today. It holds numbers, kinds, places and days,
and nobody's name or words.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contacts.models import Agency, Enquiry, EnquiryEvent, NoticeChoice
from contacts.models.enquiry import OWN_POSTS, WHOLE_AGENCY, EnquiryState
from contacts.roles import agencies_of
from contacts.working_days import is_working_day
from portal import clock, jobs, outbox
from portal.models import User

Each = NoticeChoice.Each
# What brings an enquiry to a desk.
ARRIVALS = (
    EnquiryEvent.Kind.RECEIVED,
    EnquiryEvent.Kind.HANDED_ON,
    EnquiryEvent.Kind.WRITTEN,
    EnquiryEvent.Kind.REOPENED,
)


def choice_of(user: User) -> str:
    """How `user` hears of new enquiries (a `NoticeChoice.Each`)."""
    choice = NoticeChoice.objects.filter(user=user).first()
    return choice.each if choice else Each.SINGLE


@transaction.atomic
def choose(user: User, each: str, *, now: dt.datetime) -> None:
    """From now on `user` hears of new enquiries like this; the first daily mail begins here."""
    row, is_new = NoticeChoice.objects.get_or_create(
        user=user, defaults={"each": each, "told_until": now}
    )
    if not is_new and row.each != each:
        NoticeChoice.objects.filter(pk=row.pk).update(each=each, told_until=now)


def send(now: dt.datetime) -> str:
    """The job of the morning."""
    daily = NoticeChoice.objects.filter(each=Each.DAILY, user__is_active=True, user__is_staff=True)
    sent = 0
    for pk in list(daily.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = daily.select_for_update(of=("self",)).filter(pk=pk).first()
            sent += row is not None and _send_one(row, now=now)
    return f"{sent} daily mails" if sent else ""


def _send_one(row: NoticeChoice, *, now: dt.datetime) -> bool:
    """Whether there was something to tell. What is told stands in no later mail as new."""
    on, user = clock.today(now), row.user
    if row.told_until is not None and clock.today(row.told_until) >= on:
        return False  # this morning's is written
    agencies = [
        agency
        for agency in Agency.objects.filter(pk__in=agencies_of(user, OWN_POSTS | WHOLE_AGENCY))
        if is_working_day(on, agency.state)
    ]
    if not agencies:
        return False
    owed = _owed(user).filter(agency__in=agencies)
    came = EnquiryEvent.objects.filter(kind__in=ARRIVALS, at__lte=now)
    if row.told_until is not None:
        came = came.filter(at__gt=row.told_until)
    new = list(owed.filter(pk__in=came.values("enquiry")))
    known = [each.pk for each in new]
    due = list(owed.filter(answer_by__lte=on).exclude(pk__in=known))
    NoticeChoice.objects.filter(pk=row.pk).update(told_until=now)
    if not new and not due:
        return False
    with override(settings.LANGUAGE_CODE):
        link = settings.SITE_URL + reverse("admin:contacts_enquiry_changelist")
        context = {"new": new, "due": due, "link": link, "on": on}
        outbox.put(
            f"enquiry-digest:{user.pk}:{on:%Y-%m-%d}",
            to=user.email,
            subject=_("Enquiries this morning"),
            body=render_to_string("contacts/mail/enquiry-digest.txt", context),
            now=now,
            owner=agencies[0].slug,
        )
    return True


def _owed(user: User) -> QuerySet:
    rows = Enquiry.objects.visible_to(user).filter(state=EnquiryState.OPEN, erased_at__isnull=True)
    return rows.select_related("area__parent").order_by("answer_by", "pk")


def register_jobs() -> None:
    label = gettext_lazy("Sends the daily mail about enquiries")
    jobs.register(jobs.Job("enquiries-daily", label, jobs.Nightly(at=dt.time(6, 30)), send))
