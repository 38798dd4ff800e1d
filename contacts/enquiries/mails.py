"""Mails about an enquiry: each once per enquiry, event and reader, in the event's transaction.

Senders read them in the language in which they wrote, with German below; the desk reads German.
Subjects name the number of the enquiry, and nobody. A mail to the desk says what kind of enquiry it
is and where, and leads to the administration: who wrote and what stands there only.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts.models import Agency, Enquiry, NoticeChoice, Post
from contacts.models.enquiry import OWN_POSTS, WHOLE_AGENCY
from contacts.models.on_duty import on_duty
from contacts.proposals import in_one_line
from contacts.roles import agencies_of
from portal import outbox
from portal.mail_texts import in_both_languages
from portal.models import User

SUBJECTS = {
    "receipt": _("Your enquiry %(number)s has arrived"),
    "new": _("New enquiry %(number)s"),
    "written": _("New message about enquiry %(number)s"),
    "withdrawn": _("Enquiry %(number)s is no longer needed"),
    "introduced": _("Enquiry %(number)s: you can get in touch now"),
    "to-call": _("Enquiry %(number)s: please call and introduce"),
    "refused": _("Enquiry %(number)s: introduction refused"),
    "taken-up": _("Enquiry %(number)s: welcome to the network"),
    "answer": _("Answer to your enquiry %(number)s"),
    "handed-on": _("Your enquiry %(number)s: somebody else takes care of it"),
    "interpreter": _("Your enquiry %(number)s: an interpreter will come"),
    "interpreter-left": _("Enquiry %(number)s: the interpreter cannot come"),
    "no-interpreter": _("Your enquiry %(number)s: the interpreter does not come"),
    "proposal": _("Your enquiry %(number)s: somebody may suit you"),
    "came": _("Enquiry %(number)s was handed on to you"),
    "reminder": _("Enquiry %(number)s waits for an answer"),
    "look-again": _("Look again at enquiry %(number)s"),
    "late": _("Enquiry %(number)s is late"),
    "unattended": _("Enquiry %(number)s: nobody is at the desk"),
}
# Mails that hold what somebody wrote or how to reach them. Other staff of the agency see in the
# outbox that they were sent, and not what they say.
FOR_THE_READER_ALONE = frozenset({"answer", "introduced", "proposal", "taken-up"})
Each = NoticeChoice.Each


def to_sender(
    enquiry: Enquiry, name: str, *, now: dt.datetime, number: int | None = None, **context
) -> None:
    """The mail `name` to whoever wrote, where they gave an address.

    `number` tells events of the same kind apart.
    """
    if not enquiry.email:
        return
    language = enquiry.language or settings.LANGUAGE_CODE
    with override(language):
        link = settings.SITE_URL + reverse("contacts:enquiry_status")
        _put(
            enquiry, name, "sender", to=enquiry.email, now=now, number=number, link=link, **context
        )


def to_desk(
    enquiry: Enquiry, name: str, *, now: dt.datetime, number: int | None = None, **context
) -> None:
    """The mail `name` to those who answer for the enquiry today, as each of them likes.

    Where nobody of them has an account, it goes to the mailbox of the post or of the agency.
    """
    path = reverse("admin:contacts_enquiry_change", args=[enquiry.pk])
    with override(settings.LANGUAGE_CODE):
        for reader, address in _desk_addresses(enquiry).items():
            link = settings.SITE_URL + path
            _put(enquiry, name, reader, to=address, now=now, number=number, link=link, **context)


def to_agency(
    enquiry: Enquiry,
    name: str,
    *,
    now: dt.datetime,
    number: int | None = None,
    leading: Iterable[Post] = (),
) -> None:
    """The mail `name` to the mailbox of the agency, and to who answers for its `leading` posts.

    However they like to hear of new enquiries: nobody else is left to look after this one.
    """
    found = _agency_addresses(enquiry.agency)
    for post in leading:
        found |= _addresses(post, enquiry.agency, as_each_likes=False)
    readers = {address: reader for reader, address in reversed(found.items())}
    path = reverse("admin:contacts_enquiry_change", args=[enquiry.pk])
    with override(settings.LANGUAGE_CODE):
        for address, reader in readers.items():
            link = settings.SITE_URL + path
            _put(enquiry, name, reader, to=address, now=now, number=number, link=link)


def _agency_addresses(agency: Agency) -> dict[str, str]:
    """Its mailbox; where it has none, those of its administrators."""
    if agency.email:
        return {"agency": agency.email}
    admins = User.objects.filter(is_active=True, is_staff=True, staff_roles__agency=agency)
    admins = admins.filter(staff_roles__role__in=WHOLE_AGENCY).distinct()
    return {f"user-{user.pk}": user.email for user in admins}


def _desk_addresses(enquiry: Enquiry) -> dict[str, str]:
    return _addresses(enquiry.assigned_post, enquiry.agency)


def _addresses(post: Post | None, agency: Agency, *, as_each_likes: bool = True) -> dict[str, str]:
    """By key of the reader; empty where all who answer want no single mails."""
    if post is not None:
        roles = OWN_POSTS | WHOLE_AGENCY
        users = [u for u in on_duty(post) if agency.pk in agencies_of(u, roles)]
        if users:
            choices = dict(NoticeChoice.objects.filter(user__in=users).values_list("user", "each"))
            return {
                f"user-{user.pk}": user.email
                for user in users
                if not as_each_likes or choices.get(user.pk, Each.SINGLE) == Each.SINGLE
            }
    mailbox = (post.email if post else "") or agency.email
    return {"mailbox": mailbox} if mailbox else {}


def _put(
    enquiry: Enquiry,
    name: str,
    reader: str,
    *,
    to: str,
    now: dt.datetime,
    number: int | None,
    **context,
) -> None:
    event = name if number is None else f"{name}-{number}"
    post = enquiry.assigned_post
    outbox.put(
        f"enquiry:{enquiry.uuid}:{event}:{reader}",
        to=to,
        subject=str(SUBJECTS[name]) % {"number": enquiry.reference},
        body=in_both_languages(
            f"contacts/mail/enquiry-{name}.txt",
            {"enquiry": enquiry, "agency": enquiry.agency, **context},
        ),
        now=now,
        language=enquiry.language or settings.LANGUAGE_CODE,
        owner=enquiry.agency.slug,
        from_name=in_one_line(str(enquiry.agency)),
        reply_to=enquiry.agency.email or (post.email if post else ""),
        is_secret=name in FOR_THE_READER_ALONE,
    )
