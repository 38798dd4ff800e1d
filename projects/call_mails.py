"""What applicants who have begun are told about their call: it opens, closes soon, pauses, goes on.

The verbs of `projects.calls` note what has happened; the job of this module writes the mails, a
batch a transaction, once per application and event. They are in the language of the application,
and in German below.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, override

from portal import jobs, outbox
from portal.entrance import resume_link
from portal.mail_texts import in_both_languages
from portal.texts import Text, texts
from projects import calls
from projects.calendar import last_day
from projects.models import Call, CallNotice, Contributor
from projects.states import BEFORE_SUBMISSION

Event = CallNotice.Event
BATCH = 100  # mails a transaction
SUBJECTS = {
    Event.OPENS: gettext_lazy("Applications can be sent now: %(call)s"),
    Event.CLOSES_SOON: gettext_lazy("Seven days left: %(call)s"),
    Event.PAUSED: gettext_lazy("Paused: %(call)s"),
    Event.RESUMED: gettext_lazy("It goes on: %(call)s"),
}


def tell_all(now: dt.datetime) -> int:
    """Write the mails of every notice that is not done; returns how many."""
    open_notices = CallNotice.objects.filter(done_at=None).select_related(
        "call__rule_set__programme__agency"
    )
    return sum(_tell(notice, now=now) for notice in open_notices.order_by("at", "pk"))


def _tell(notice: CallNotice, *, now: dt.datetime) -> int:
    """Write to the owners of what is begun and not sent yet, a batch at a time.

    Once the call has closed, all of that is of no use any more.
    """
    if not notice.call.takes_applications(now):
        CallNotice.objects.filter(pk=notice.pk).update(done_at=now)
        return 0
    written, last = 0, 0
    while True:
        with transaction.atomic():
            owners = list(
                Contributor.objects.filter(
                    role=Contributor.Role.OWNER,
                    application__call=notice.call,
                    application__state__in=BEFORE_SUBMISSION,
                    pk__gt=last,
                )
                .select_related("application", "user")
                .order_by("pk")[:BATCH]
            )
            for owner in owners:
                _write(notice, owner, now=now)
            if len(owners) < BATCH:
                CallNotice.objects.filter(pk=notice.pk).update(done_at=now)
                return written + len(owners)
        written, last = written + len(owners), owners[-1].pk


def _write(notice: CallNotice, owner: Contributor, *, now: dt.datetime) -> None:
    call, programme, application = notice.call, notice.call.programme, owner.application
    event = Event(notice.event)
    with override(application.language):
        path = reverse("projects:application", args=[application.uuid])
        context = {
            "call": _texts(call, "title"),
            "reason": _texts(call, "pause_reason"),
            "application": application,
            "closes_at": call.closes_at,
            "last_day": last_day(call.closes_at),
            "link": resume_link(owner.user, path, site=settings.SITE_URL, now=now),
        }
        outbox.put(
            f"call:{call.slug}:{event}-{notice.pk}:{application.uuid}",
            to=owner.user.email,
            subject=SUBJECTS[event] % {"call": _in_one_line(context["call"])},
            body=in_both_languages(f"projects/mail/call-{event}.txt", context),
            now=now,
            language=application.language,
            owner=programme.agency.slug,
            from_name=str(programme.agency),
            reply_to=programme.email or programme.agency.email,
            not_after=call.closes_at,
        )


def _in_one_line(title: Text) -> str:
    """The title of a call as a subject can bear it."""
    return Truncator(" ".join(str(title).split())).chars(90)


def _texts(call: Call, name: str) -> Text:
    return texts(call.translations.all(), name)


def run(now: dt.datetime) -> str:
    """The job of every minute: open and close calls by the clock, and tell who has to know."""
    turned, written = calls.turn_all(now), tell_all(now)
    return f"{turned} calls, {written} mails" if turned or written else ""


def register_jobs() -> None:
    label = gettext_lazy("Opens and closes calls, and writes to those who have begun to apply")
    jobs.register(jobs.Job("calls", label, jobs.Every(dt.timedelta(minutes=1)), run))
