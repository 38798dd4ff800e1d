"""Introducing two senders to each other, once both have said that they want to meet."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.enquiries import mails
from contacts.enquiries.events import enter
from contacts.models import Enquiry, EnquiryEvent, Introduction
from portal.models import User

SIDES = ("offer", "request")


@transaction.atomic
def agree(introduction: Introduction, side: str, *, by: User | None, now: dt.datetime) -> bool:
    """Note that `side` ("offer" or "request") wants to meet the other; whether both do now.

    `by` is the sender, or the member of staff to whom they said it by telephone. Once both have
    agreed, each learns the other's name and how to reach them: by mail, or by a call of the desk.
    Raises ValidationError where the introduction is settled or one of the two is closed.
    """
    introduction, enquiries = _locked(introduction)
    agreed = f"{side}_agreed_at"
    if getattr(introduction, agreed) is not None:
        return False
    setattr(introduction, agreed, now)
    enter(enquiries[side], EnquiryEvent.Kind.AGREED, by=by, now=now)
    is_done = (
        introduction.offer_agreed_at is not None and introduction.request_agreed_at is not None
    )
    if is_done:
        introduction.state, introduction.settled_at = Introduction.State.DONE, now
    introduction.save()
    if is_done:
        _introduce(introduction, enquiries, by=by, now=now)
    return is_done


@transaction.atomic
def refuse(introduction: Introduction, side: str, *, by: User | None, now: dt.datetime) -> None:
    """Note that `side` does not want to; the other side learns nothing but that it is over.

    Raises ValidationError as `agree` does.
    """
    introduction, enquiries = _locked(introduction)
    introduction.state, introduction.settled_at = Introduction.State.REFUSED, now
    introduction.save(update_fields=["state", "settled_at"])
    enter(enquiries[side], EnquiryEvent.Kind.REFUSED, by=by, now=now)
    mails.to_desk(enquiries[side], "refused", now=now, number=introduction.pk)


def _locked(introduction: Introduction) -> tuple[Introduction, dict[str, Enquiry]]:
    """The rows; enquiries in the order of their keys, so that two never wait for each other."""
    keys = (introduction.offer_id, introduction.request_id)
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("agency")
    found = {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}
    introduction = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    if introduction.state != Introduction.State.ASKED:
        raise ValidationError(_("This introduction is settled already."))
    if any(row.is_closed or row.erased_at is not None for row in found.values()):
        raise ValidationError(_("One of the two enquiries is closed: nobody is introduced."))
    return introduction, dict(zip(SIDES, (found[key] for key in keys), strict=True))


def _introduce(
    introduction: Introduction, enquiries: dict[str, Enquiry], *, by: User | None, now: dt.datetime
) -> None:
    for one, other in (SIDES, SIDES[::-1]):
        mine, theirs = enquiries[one], enquiries[other]
        enter(mine, EnquiryEvent.Kind.INTRODUCED, by=by, now=now)
        mails.to_sender(mine, "introduced", now=now, number=introduction.pk, other=theirs)
        if not mine.email:
            mails.to_desk(mine, "to-call", now=now, number=introduction.pk, other=theirs.reference)
