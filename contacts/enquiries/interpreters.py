"""Interpreters who are asked for an enquiry or come to a talk: what ends with it, who is told.

Below the verbs of the desk of a pool (`contacts.interpreting.assigning`), since every enquiry can
be closed. The mails to an interpreter say what kind of talk it is, when and where; never who asks
nor what they wrote. They stay when the enquiry is erased: nothing in them names anybody.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contacts.enquiries import mails
from contacts.enquiries.events import enter
from contacts.models import Assignment, Enquiry, EnquiryEvent
from contacts.models.enquiry import Outcome
from contacts.proposals import in_one_line
from portal import clock, outbox
from portal.models import User

State = Assignment.State
SUBJECTS = {
    "asked": gettext_lazy("Can you interpret? Enquiry %(number)s"),
    "confirmed": gettext_lazy("You are coming: enquiry %(number)s"),
    "cancelled": gettext_lazy("You are not needed: enquiry %(number)s"),
}


def under_way(enquiry: Enquiry) -> Assignment | None:
    """Whoever is asked or comes, under lock, which the lock on the enquiry precedes."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(enquiry=enquiry)
    return rows.filter(state__in=Assignment.UNDER_WAY).first()


def is_under_way(enquiry: Enquiry) -> bool:
    """Whether an interpreter is asked or comes."""
    return Assignment.objects.filter(enquiry=enquiry, state__in=Assignment.UNDER_WAY).exists()


def refuse_under_way(enquiry: Enquiry) -> None:
    """Raise ValidationError while an interpreter is asked or comes: the pool's desk ends that."""
    if is_under_way(enquiry):
        raise ValidationError(_("An interpreter has been asked, or comes. Cancel that first."))


def take_back(
    enquiry: Enquiry, *, by: User | None, now: dt.datetime, tell_sender: bool = True
) -> None:
    """Settle what is under way when `enquiry` is closed, within the caller's transaction.

    A talk to which somebody was to come has taken place once its day is over, as far as anybody
    knows; on the day itself, where the enquiry was settled. All others are cancelled, and the
    interpreter is told; so is the sender, unless they closed it themselves.
    """
    found = under_way(enquiry)
    if found is None:
        return
    on = clock.today(now)
    was_confirmed = found.state == State.CONFIRMED
    is_settled = found.day == on and enquiry.outcome == Outcome.HELPED
    took_place = was_confirmed and (found.day < on or is_settled)
    settle(found, State.DONE if took_place else State.CANCELLED, enquiry, by=by, now=now)
    if took_place or found.day < on:
        return
    tell(found, "cancelled", now=now)
    if was_confirmed and tell_sender:
        tell_sender_of_end(found, enquiry, now=now)


def settle(
    assignment: Assignment, state: State, enquiry: Enquiry, *, by: User | None, now: dt.datetime
) -> None:
    """Write the state, and enter it in the history of the locked `enquiry`."""
    assignment.state = state
    assignment.settled_at = None if state in Assignment.UNDER_WAY else now
    assignment.save(update_fields=["state", "settled_at"])
    enter(enquiry, EnquiryEvent.Kind.INTERPRETER, by=by, now=now, reason=state)


def tell_sender_of_end(assignment: Assignment, enquiry: Enquiry, *, now: dt.datetime) -> None:
    """That whoever was to come does not."""
    about = {"code": assignment.language, "talk_day": assignment.day}
    mails.to_sender(enquiry, "no-interpreter", now=now, number=assignment.pk, **about)


def tell(assignment: Assignment, name: str, *, now: dt.datetime) -> None:
    """The mail `name` to the interpreter, if there is an address; answers go to the desk.

    Of the staff only superusers see it in the outbox: the address is that of an interpreter.
    """
    interpreter = assignment.interpreter
    if interpreter is None or not interpreter.email:
        return
    enquiry, pool = assignment.enquiry, assignment.pool
    with override(settings.LANGUAGE_CODE):
        desk = {
            "phone": pool.post.phone or pool.agency.phone,
            "email": pool.post.email or pool.agency.email,
        }
        context = {"assignment": assignment, "enquiry": enquiry, "pool": pool, "desk": desk}
        outbox.put(
            f"assignment:{assignment.pk}:{name}",
            to=interpreter.email,
            subject=str(SUBJECTS[name]) % {"number": enquiry.reference},
            body=render_to_string(f"contacts/mail/interpreter-{name}.txt", context).strip() + "\n",
            now=now,
            from_name=in_one_line(str(pool)),
            reply_to=desk["email"],
        )
