"""What applicants are reminded of: drafts before their call closes, changes before their day."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock, jobs
from projects import mails
from projects.models import Application, ChangeRequest
from projects.states import ApplicationState

BEFORE_CHANGES = dt.timedelta(days=3)
BATCH = 200


def remind(now: dt.datetime) -> str:
    """Write the reminders that are due; each is written once, whoever runs it how often."""
    changes = _of_changes(now)
    return f"{changes} reminders of changes" if changes else ""


def _of_changes(now: dt.datetime) -> int:
    """Three days before the last one, to whoever has not answered."""
    today = clock.today(now)
    due = ChangeRequest.objects.filter(
        settled_at=None, due_on__gte=today, due_on__lte=today + BEFORE_CHANGES
    ).exclude(asked_at__gt=now - dt.timedelta(days=1))
    count = 0
    for asked in due.select_related("application__call__rule_set__programme__agency")[:BATCH]:
        with transaction.atomic():
            state = Application.objects.values_list("state", flat=True).get(pk=asked.application_id)
            if state == ApplicationState.CHANGES_REQUESTED:
                mails.remind_of_changes(asked.application, asked, now=now)
                count += 1
    return count


def register_jobs() -> None:
    label = _("Reminds applicants of changes that are due soon")
    jobs.register(jobs.Job("remind-applicants", label, jobs.Nightly(dt.time(7)), remind))
