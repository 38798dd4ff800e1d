"""Mails about decisions beside the letters: the waiting list, and objections."""

import datetime as dt

from projects.mails.sending import to_applicants, to_office
from projects.models import Application, Objection


def application_waits(application: Application, *, number: int, now: dt.datetime) -> None:
    """That it is on the waiting list; `number` is that of the event."""
    to_applicants(application, "waitlisted", number=number, now=now)


def objection_is_in(application: Application, filed: Objection, *, now: dt.datetime) -> None:
    """To both sides, by whatever way it came."""
    context = {"number": filed.pk, "received_on": filed.received_on}
    to_applicants(application, "objection", now=now, **context)
    to_office(application, "office-objection", number=filed.pk, now=now)


def objection_is_withdrawn(application: Application, filed: Objection, *, now: dt.datetime) -> None:
    to_applicants(application, "objection-withdrawn", number=filed.pk, now=now)
    to_office(application, "office-objection-withdrawn", number=filed.pk, now=now)
