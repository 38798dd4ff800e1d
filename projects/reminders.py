"""What applicants are reminded of: changes, three days before they are due.

That their call closes soon they hear from `projects.call_mails`.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock, jobs
from projects import mails
from projects.models import Application, ChangeRequest
from projects.states import ApplicationState

BEFORE_CHANGES = dt.timedelta(days=3)


def remind(now: dt.datetime) -> str:
    """Write the reminders that are due; each is written once, whoever runs it how often."""
    changes = sum(_of_changes(pk, now=now) for pk in _due(now))
    return f"{changes} reminders of changes" if changes else ""


def _due(now: dt.datetime) -> list[int]:
    """Requests whose last day is near; not those of today, which everybody has just read."""
    today = clock.today(now)
    rows = ChangeRequest.objects.filter(
        settled_at=None, due_on__range=(today, today + BEFORE_CHANGES)
    )
    rows = rows.exclude(asked_at__gt=now - dt.timedelta(days=1))
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _of_changes(pk: int, *, now: dt.datetime) -> bool:
    """Remind whoever has not answered at this moment; whether that was new."""
    rows = Application.objects.select_related("call__rule_set__programme__agency", "agency")
    rows = rows.select_for_update(of=("self",))
    application = rows.filter(change_requests=pk).first()
    asked = ChangeRequest.objects.filter(pk=pk, settled_at=None).first()
    if application is None or asked is None:
        return False
    if application.state != ApplicationState.CHANGES_REQUESTED:
        return False
    return mails.remind_of_changes(application, asked, now=now)


def register_jobs() -> None:
    label = _("Reminds applicants of changes that are due soon")
    jobs.register(jobs.Job("remind-applicants", label, jobs.Nightly(dt.time(7)), remind))
