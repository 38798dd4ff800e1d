"""Finding an interpreter for an enquiry that lies at the desk of a pool: ask, confirm, and the end.

Each verb is one transaction. It reads the enquiry under lock, as `by` sees it at that moment, and
then the assignment; `seen` is what the page showed (`handling.seen_of`). The database lets one
assignment at a time be asked, confirmed or done. Days are local dates.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.enquiries import handling, interpreters, mails, promises
from contacts.enquiries.events import enter
from contacts.enquiries.interpreters import settle, tell
from contacts.models import Assignment, Enquiry, EnquiryEvent, Interpreter, InterpreterPool
from contacts.models.enquiry import EnquiryKind, EnquiryState, Outcome
from contacts.spoken import language_name
from portal import clock
from portal.models import User

State = Assignment.State
TAKES_TIME = (State.ASKED, State.CONFIRMED, State.DONE)
FURTHEST = dt.timedelta(days=366)


def pool_of(enquiry: Enquiry) -> InterpreterPool | None:
    """The pool at whose desk `enquiry` lies as one for an interpreter; None: at no pool's."""
    if enquiry.kind != EnquiryKind.INTERPRETER or enquiry.assigned_post_id is None:
        return None
    pools = InterpreterPool.objects.select_related("post", "agency")
    return pools.filter(post=enquiry.assigned_post_id).first()


# Suggestions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody who speaks a language that is needed. `talks` counts those of the month of the day;
    `has_declined` says that they cannot come to this talk."""

    interpreter: Interpreter
    language: str
    is_free: bool
    talks: int
    has_declined: bool


def suggest(enquiry: Enquiry, user: User) -> list[Candidate]:
    """Who of the pool, as far as `user` sees it, could interpret: the free ones first, and of those
    whoever has had the fewest talks in that month. A constant number of queries.
    """
    pool = pool_of(enquiry)
    if pool is None or enquiry.is_closed:
        return []
    rows = Interpreter.objects.visible_to(user).filter(pool=pool, is_active=True)
    fitting = {row.pk: row for row in rows if _fitting(enquiry, row)}
    taken = Assignment.objects.filter(pool=pool, interpreter__in=list(fitting))
    day = enquiry.talk_on
    busy, talks = set(), Counter()
    if day is not None:
        busy = set(
            taken.filter(day=day, state__in=Assignment.UNDER_WAY)
            .exclude(enquiry=enquiry)
            .values_list("interpreter", flat=True)
        )
        month = taken.filter(day__year=day.year, day__month=day.month, state__in=TAKES_TIME)
        talks = Counter(month.values_list("interpreter", flat=True))
    declined = set(
        taken.filter(enquiry=enquiry, state=State.DECLINED).values_list("interpreter", flat=True)
    )
    found = [
        Candidate(row, _fitting(enquiry, row), pk not in busy, talks[pk], pk in declined)
        for pk, row in fitting.items()
    ]
    return sorted(
        found, key=lambda c: (c.has_declined, not c.is_free, c.talks, c.interpreter.name.casefold())
    )


def _fitting(enquiry: Enquiry, interpreter: Interpreter) -> str:
    """The first language of the enquiry that the interpreter speaks; "" for none."""
    return next((code for code in enquiry.languages if code in interpreter.languages), "")


# The steps ----------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    enquiry: Enquiry,
    interpreter: Interpreter,
    *,
    language: str,
    day: dt.date,
    by: User,
    now: dt.datetime,
    seen: str = "",
) -> Assignment:
    """Ask `interpreter` for a talk in `language` on `day`: by mail, if there is an address.

    Raises ValidationError for an enquiry that lies at no pool's desk or is closed, for somebody of
    another pool, who is not at work or does not speak the language, for a day that is over or more
    than a year away, and where somebody has been asked already.
    """
    enquiry = handling.locked(enquiry, by=by, seen=seen)
    pool = pool_of(enquiry)
    if pool is None:
        raise ValidationError(_("This enquiry does not lie at the desk of a pool of interpreters."))
    handling.refuse_closed(enquiry)
    interpreter = _at_work(interpreter, pool, by=by, language=language)
    _refuse_day(day, on=clock.today(now))
    _refuse_second(enquiry)
    found = Assignment.objects.create(
        enquiry=enquiry,
        pool=pool,
        interpreter=interpreter,
        language=language,
        day=day,
        asked_at=now,
    )
    enter(enquiry, EnquiryEvent.Kind.INTERPRETER, by=by, now=now, reason=State.ASKED)
    tell(found, "asked", now=now)
    return found


@transaction.atomic
def confirm(assignment: Assignment, *, by: User, now: dt.datetime, seen: str = "") -> Assignment:
    """Whoever was asked comes: the interpreter is told, and so is the sender, by mail.

    That mail is the answer to the enquiry. Where there is no address, somebody has to call, and the
    answer is still owed.
    """
    found, enquiry, _former = _step(assignment, State.CONFIRMED, by=by, now=now, seen=seen)
    if found.day < clock.today(now):
        raise ValidationError(_("The day of the talk is over."))
    tell(found, "confirmed", now=now)
    about = {"code": found.language, "talk_day": found.day}
    mails.to_sender(enquiry, "interpreter", now=now, number=found.pk, **about)
    if enquiry.email and enquiry.is_open:
        enquiry.state, enquiry.answered_at = EnquiryState.ANSWERED, now
        enquiry.save(update_fields=["state", "answered_at"])
    return found


@transaction.atomic
def decline(assignment: Assignment, *, by: User, now: dt.datetime, seen: str = "") -> Assignment:
    """The interpreter cannot come, whether or not they had said so: the next one may be asked."""
    found, enquiry, former = _step(assignment, State.DECLINED, by=by, now=now, seen=seen)
    if former == State.CONFIRMED:
        owe_again(found, enquiry, now=now)
    return found


@transaction.atomic
def done(assignment: Assignment, *, by: User, now: dt.datetime, seen: str = "") -> Assignment:
    """The talk has taken place: the enquiry is closed as settled."""
    found, enquiry, _former = _step(assignment, State.DONE, by=by, now=now, seen=seen)
    if found.day > clock.today(now):
        day = date_format(found.day, "DATE_FORMAT")
        raise ValidationError(_("The talk is on %(day)s: not before.") % {"day": day})
    handling.close(enquiry, Outcome.HELPED, by=by, now=now)
    return found


@transaction.atomic
def cancel(assignment: Assignment, *, by: User, now: dt.datetime, seen: str = "") -> Assignment:
    """Nobody need come, or nobody came: the interpreter is told while there is time."""
    found, enquiry, former = _step(assignment, State.CANCELLED, by=by, now=now, seen=seen)
    if found.day >= clock.today(now):
        tell(found, "cancelled", now=now)
    if former == State.CONFIRMED:
        owe_again(found, enquiry, now=now)
    return found


# What the steps need ------------------------------------------------------------------------------


def _step(
    assignment: Assignment, state: State, *, by: User, now: dt.datetime, seen: str
) -> tuple[Assignment, Enquiry, str]:
    """Lock the enquiry, then the assignment, and write `state` if it may follow; with both, the
    former state."""
    enquiry = handling.locked(assignment.enquiry, by=by, seen=seen)
    rows = Assignment.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=assignment.pk, enquiry=enquiry).first()
    if found is None:
        raise ValidationError(_("This is a matter of another desk."))
    if state not in Assignment.STEPS.get(found.state, ()):
        words = {"state": found.get_state_display()}
        raise ValidationError(_("This is settled meanwhile: %(state)s.") % words)
    found.enquiry, former = enquiry, found.state
    settle(found, state, enquiry, by=by, now=now)
    return found, enquiry, former


def owe_again(assignment: Assignment, enquiry: Enquiry, *, now: dt.datetime) -> None:
    """Whoever was promised an interpreter waits again; after the day of the talk nobody does."""
    on = clock.today(now)
    if assignment.day < on:
        return
    enquiry.state = EnquiryState.OPEN
    enquiry.answer_by = promises.answer_by(enquiry.kind, state=enquiry.agency.state, on=on)
    enquiry.reminded_at = enquiry.escalated_at = None
    enquiry.save(update_fields=["state", "answer_by", "reminded_at", "escalated_at"])
    interpreters.tell_sender_of_end(assignment, enquiry, now=now)


def _at_work(
    interpreter: Interpreter, pool: InterpreterPool, *, by: User, language: str
) -> Interpreter:
    """The row as it is now: of this pool, at work, and with the language."""
    rows = Interpreter.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=interpreter.pk, pool=pool).first()
    if found is None:
        raise ValidationError(_("This interpreter does not belong to the pool."))
    if not found.is_active:
        raise ValidationError(_("This interpreter is not at work at present."))
    if language not in found.languages:
        words = {"language": language_name(language)}
        raise ValidationError(_("This interpreter does not speak %(language)s.") % words)
    return found


def _refuse_day(day: dt.date, *, on: dt.date) -> None:
    if day < on:
        raise ValidationError(_("This day is over. Enter today or a later day."))
    if day > on + FURTHEST:
        raise ValidationError(_("Choose a day within a year."))


def _refuse_second(enquiry: Enquiry) -> None:
    states = set(Assignment.objects.filter(enquiry=enquiry).values_list("state", flat=True))
    if states & set(Assignment.UNDER_WAY):
        raise ValidationError(_("An interpreter has been asked for this already."))
    if State.DONE in states:
        raise ValidationError(
            _("The talk has taken place. Another one needs an enquiry of its own.")
        )
