"""Mails about a case: each once per case, event and reader, written in the event's transaction.

Applicants read them in the language of the application, with German below; the office reads
German. Subjects name the number of the case, and nobody.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal import outbox
from portal.context import SITE_NAME
from portal.entrance import arrival_link, resume_link
from portal.mail_texts import in_both_languages
from portal.models import OutboxMessage
from projects.models import Application, ChangeRequest, Invitation

SUBJECTS = {
    "begun": _("%(number)s: the way back to your draft"),
    "receipt": _("%(number)s: your application has arrived"),
    "precheck": _("%(number)s: remarks on your draft"),
    "changes": _("%(number)s: please add to your application"),
    "changes-reminder": _("%(number)s: please add to your application in time"),
    "changes-received": _("%(number)s: your changes have arrived"),
    "message": _("%(number)s: a message for you"),
    "withdrawn": _("%(number)s: your application has been withdrawn"),
    "invitation": _("%(site)s: somebody asks you to write along"),
    "office-precheck": _("%(number)s: please look at a draft"),
    "office-new": _("%(number)s: new application"),
    "office-changes": _("%(number)s: changes are there"),
    "office-message": _("%(number)s: message from the applicant"),
    "office-withdrawn": _("%(number)s: withdrawn"),
}


# To the applicant --------------------------------------------------------------------------------


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


def to_applicants(
    application: Application, name: str, *, now: dt.datetime, number: int | None = None, **context
) -> None:
    """The mail `name` to each contributor who still has an account.

    `number` tells events of the same kind apart.
    """
    path = reverse("projects:application", args=[application.uuid])
    for contributor in application.contributors.select_related("user"):
        user = contributor.user
        if not user.is_active:
            continue
        with override(application.language):
            link = resume_link(
                user, _in_language(path, application.language), site=settings.SITE_URL, now=now
            )
            _put(
                application,
                name,
                reader=f"user-{user.pk}",
                to=user.email,
                number=number,
                now=now,
                language=application.language,
                link=link,
                **context,
            )


def is_written(application: Application, name: str, number: int) -> bool:
    """Whether anybody has been written the mail `name` about the event `number`."""
    about = f"application:{application.uuid}:{name}-{number}:"
    return OutboxMessage.objects.filter(about__startswith=about).exists()


def _in_language(path: str, language: str) -> str:
    """`path` below `language`, whatever the active one was when it was made."""
    return f"/{language}/{path.lstrip('/').partition('/')[2]}"


# To the office -----------------------------------------------------------------------------------


def to_office(
    application: Application, name: str, *, now: dt.datetime, number: int | None = None
) -> None:
    """The mail `name` to the mailbox of the programme, the caseworker, and the responsible post."""
    path = reverse("admin:projects_application_change", args=[application.pk])
    with override(settings.LANGUAGE_CODE):
        for reader, address in _office_addresses(application).items():
            _put(
                application,
                name,
                reader=reader,
                to=address,
                number=number,
                now=now,
                language=settings.LANGUAGE_CODE,
                link=settings.SITE_URL + path,
            )


def _office_addresses(application: Application) -> dict[str, str]:
    """By key of the reader; each address once."""
    programme = application.call.programme
    found = {"programme": programme.email or application.agency.email}
    if application.caseworker and application.caseworker.is_active:
        found["caseworker"] = application.caseworker.email
    if application.assigned_post:
        found["post"] = application.assigned_post.email or application.agency.email
    unique: dict[str, str] = {}
    for reader, address in found.items():
        if address and address.lower() not in map(str.lower, unique.values()):
            unique[reader] = address
    return unique


def _put(
    application: Application,
    name: str,
    *,
    reader: str,
    to: str,
    number: int | None,
    now: dt.datetime,
    language: str,
    **context,
) -> None:
    event = name if number is None else f"{name}-{number}"
    agency = application.agency
    outbox.put(
        f"application:{application.uuid}:{event}:{reader}",
        to=to,
        subject=str(SUBJECTS[name]) % {"number": application.reference},
        body=in_both_languages(
            f"projects/mail/{name}.txt",
            {"application": application, "call": application.call, "agency": agency, **context},
        ),
        now=now,
        language=language,
        owner=agency.slug,
        from_name=str(agency),
        reply_to=application.call.programme.email or agency.email,
    )
