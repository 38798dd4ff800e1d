"""Those who interpret for a pool: the languages of those at work, and leaving it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.enquiries import mails
from contacts.enquiries.interpreters import SUBJECTS, settle
from contacts.interpreting.assigning import owe_again
from contacts.models import Assignment, Enquiry, Interpreter, InterpreterPool
from contacts.spoken import language_name
from portal.models import OutboxMessage, User

State = Assignment.State


def languages_at_work(pool: InterpreterPool) -> list[str]:
    """The codes of the languages that its interpreters at work speak, by their names."""
    rows = Interpreter.objects.filter(pool=pool, is_active=True).values_list("languages", flat=True)
    return sorted({code for codes in rows for code in codes}, key=language_name)


def refuse_needed(interpreter: Interpreter) -> None:
    """Raise ValidationError while they are asked or come to a talk."""
    rows = Assignment.objects.filter(interpreter=interpreter)
    if rows.filter(state__in=Assignment.UNDER_WAY).exists():
        raise ValidationError(
            _("This interpreter is asked, or comes to a talk. Settle that first, then delete.")
        )


@transaction.atomic
def remove(interpreter: Interpreter, *, by: User) -> None:
    """Delete what is stored about somebody, with the mails to them; their talks stay in the numbers
    without a name.

    Raises ValidationError while they are asked or come to a talk.
    """
    rows = Interpreter.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=interpreter.pk).first()
    if found is None:
        raise ValidationError(_("This interpreter does not belong to the pool."))
    refuse_needed(found)
    _forget(found)


@transaction.atomic
def leave(interpreter: Interpreter, *, now: dt.datetime) -> None:
    """Somebody wants to be erased: they come to no talk any more, and the desks are told."""
    coming = Assignment.objects.filter(interpreter=interpreter, state__in=Assignment.UNDER_WAY)
    for key in coming.order_by("enquiry").values_list("enquiry", flat=True):
        rows = Enquiry.objects.select_for_update(of=("self",)).select_related("agency")
        enquiry = rows.get(pk=key)
        found = coming.select_for_update(of=("self",)).filter(enquiry=enquiry).first()
        if found is None:  # settled meanwhile
            continue
        was_confirmed = found.state == State.CONFIRMED
        settle(found, State.DECLINED, enquiry, by=None, now=now)
        if was_confirmed:
            owe_again(found, enquiry, now=now)
        mails.to_desk(enquiry, "interpreter-left", now=now, number=found.pk)
    _forget(interpreter)


def _forget(interpreter: Interpreter) -> None:
    keys = Assignment.objects.filter(interpreter=interpreter).values_list("pk", flat=True)
    about = [f"assignment:{key}:{name}" for key in keys for name in SUBJECTS]
    OutboxMessage.objects.filter(about__in=about).delete()
    interpreter.delete()
