"""How a mail about a case is written: to its contributors, and to the office.

Each once per case, event and reader.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from portal import outbox
from portal.entrance import resume_link
from portal.mail_texts import in_both_languages
from portal.models import OutboxMessage
from projects.mails.subjects import SUBJECTS
from projects.models import Application

# To the applicant --------------------------------------------------------------------------------


def to_applicants(
    application: Application,
    name: str,
    *,
    now: dt.datetime,
    number: int | str | None = None,
    page: tuple = ("projects:application",),
    replace: bool = False,
    **context,
) -> None:
    """The mail `name` to each contributor who still has an account.

    `number` tells events of the same kind apart; `page` is the route to which the link leads, and
    its arguments after the case. With `replace`, one that has not been sent yet gives way to it.
    """
    route, *arguments = page
    path = reverse(route, args=[application.uuid, *arguments])
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
                replace=replace,
                **context,
            )


def is_written(application: Application, name: str, number: int | str) -> bool:
    """Whether anybody has been written the mail `name` about the event `number`."""
    about = f"application:{application.uuid}:{name}-{number}:"
    return OutboxMessage.objects.filter(about__startswith=about).exists()


def _in_language(path: str, language: str) -> str:
    """`path` below `language`, whatever the active one was when it was made."""
    return f"/{language}/{path.lstrip('/').partition('/')[2]}"


# To the office -----------------------------------------------------------------------------------


def to_office(
    application: Application,
    name: str,
    *,
    now: dt.datetime,
    number: int | None = None,
    **context,
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
                **context,
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
    number: int | str | None,
    now: dt.datetime,
    language: str,
    replace: bool = False,
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
        replace=replace,
    )
