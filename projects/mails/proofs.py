"""Mails about the proof of use, and about money that comes back."""

import datetime as dt

from projects.mails.sending import is_written, to_applicants, to_office
from projects.models import Application

PAGE = ("projects:proof",)


def proof_is_in(application: Application, *, version: int, now: dt.datetime) -> None:
    to_applicants(application, "proof-received", number=version, now=now, page=PAGE)
    to_office(application, "office-proof", number=version, now=now)


def proof_is_queried(
    application: Application, *, until: dt.date, number: int, now: dt.datetime
) -> None:
    context = {"number": number, "due_on": until}
    to_applicants(application, "proof-queried", now=now, page=PAGE, **context)


def proof_is_settled(application: Application, *, now: dt.datetime) -> None:
    to_applicants(application, "proof-settled", now=now, page=PAGE)


def hearing_is_answered(application: Application, *, number: int, now: dt.datetime) -> None:
    to_office(application, "office-hearing", number=number, now=now)


def money_is_back(application: Application, *, now: dt.datetime) -> None:
    to_applicants(application, "repaid", now=now, page=PAGE)


# Reminders ----------------------------------------------------------------------------------------


def remind_of_proof(application: Application, *, due: dt.date, days: int, now: dt.datetime) -> bool:
    """So many `days` from the one on which it is due; each once, and anew for another day."""
    return _remind(application, "proof", due=due, days=days, now=now)


def remind_of_repayment(
    application: Application, *, due: dt.date, days: int, now: dt.datetime
) -> bool:
    return _remind(application, "repayment", due=due, days=days, now=now)


def _remind(
    application: Application, what: str, *, due: dt.date, days: int, now: dt.datetime
) -> bool:
    """Whether the reminder was new."""
    name = f"{what}-overdue" if days > 0 else f"{what}-reminder"
    number = f"{due:%Y%m%d}-{abs(days)}"
    if is_written(application, name, number):
        return False
    to_applicants(application, name, number=number, now=now, page=PAGE, due_on=due)
    return is_written(application, name, number)
