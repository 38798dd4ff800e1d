"""Mails of the way from the first line to the decision."""

import datetime as dt

from django.conf import settings
from django.utils.translation import override

from portal import outbox
from portal.context import SITE_NAME
from portal.entrance import arrival_link
from portal.mail_texts import in_both_languages
from projects.mails.sending import is_written, to_applicants, to_office
from projects.mails.subjects import SUBJECTS
from projects.models import Application, ChangeRequest, Invitation


def draft_is_begun(application: Application, *, now: dt.datetime) -> None:
    """The link that leads back, on whatever device."""
    to_applicants(application, "begun", now=now)


def application_is_in(application: Application, *, now: dt.datetime) -> None:
    """The receipt to everybody who writes along, and word to the office."""
    to_applicants(application, "receipt", now=now)
    to_office(application, "office-new", now=now)


def precheck_is_answered(application: Application, *, number: int, now: dt.datetime) -> None:
    to_applicants(application, "precheck", number=number, now=now)


def changes_are_asked(application: Application, asked: ChangeRequest, *, now: dt.datetime) -> None:
    to_applicants(application, "changes", number=asked.pk, now=now, due_on=asked.due_on)


def remind_of_changes(application: Application, asked: ChangeRequest, *, now: dt.datetime) -> bool:
    """Returns whether this was the first time."""
    name = "changes-reminder"
    if is_written(application, name, asked.pk):
        return False
    to_applicants(application, name, number=asked.pk, now=now, due_on=asked.due_on)
    return True


def changes_are_in(application: Application, *, version: int, now: dt.datetime) -> None:
    to_applicants(application, "changes-received", number=version, now=now)
    to_office(application, "office-changes", number=version, now=now)


def application_is_withdrawn(application: Application, *, now: dt.datetime) -> None:
    to_applicants(application, "withdrawn", now=now)
    if application.submitted_at is not None:
        to_office(application, "office-withdrawn", now=now)


def message_is_there(
    application: Application, *, from_office: bool, number: int, now: dt.datetime
) -> None:
    if from_office:
        to_applicants(application, "message", number=number, now=now)
    else:
        to_office(application, "office-message", number=number, now=now)


def office_is_asked(application: Application, *, now: dt.datetime) -> None:
    number = application.events.count()
    to_office(application, "office-precheck", number=number, now=now)


def invitation(invited: Invitation, *, now: dt.datetime) -> None:
    """The link by which somebody joins, after a code to the very address that was invited."""
    application = invited.application
    with override(application.language):
        link = arrival_link(
            "invitation",
            {"invitation": invited.pk},
            email=invited.email,
            site=settings.SITE_URL,
            now=now,
        )
        context = {"link": link, "application": application}
        outbox.put(
            f"application:{application.uuid}:invitation:{invited.pk}",
            to=invited.email,
            subject=str(SUBJECTS["invitation"]) % {"site": SITE_NAME},
            body=in_both_languages("projects/mail/invitation.txt", context),
            now=now,
            language=application.language,
            owner=application.agency.slug,
            is_secret=True,
        )


def case_goes(application: Application, *, until: dt.date, now: dt.datetime) -> bool:
    """That a draft or a case is about to be erased; returns whether this was the first time."""
    number = until.toordinal()
    if is_written(application, "erasure", number):
        return False
    to_applicants(application, "erasure", number=number, now=now, until=until)
    return True
