"""What is done with a call: announced, paused, resumed, opened and closed by the clock.

Each verb is one transaction that locks the call, lets the clock have its say, writes the state, and
notes what is to be told to those who have begun an application (`projects.call_mails` writes to
them). A refusal is a ValidationError in words for people; whoever may not is a PermissionDenied.
"""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.roles import Role, agencies_of
from projects import events
from projects.actors import may_change
from projects.models import (
    Application,
    Call,
    CallNotice,
    CallTranslation,
    CaseEvent,
    LatePermit,
    RuleSet,
)
from projects.states import (
    BEFORE_SUBMISSION,
    CALL_STEPS,
    Actor,
    CallState,
    actors_of,
)

Event = CallNotice.Event
MAY_PERMIT = frozenset({Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN})
WEEK = dt.timedelta(days=7)


# Steps --------------------------------------------------------------------------------------------


@transaction.atomic
def announce(call: Call, *, by, now: dt.datetime) -> Call:
    """Show `call` to the public; it opens at its instant, or at once where that has passed."""
    row = _locked(call, by=by)
    _refuse_unfinished(row, now=now)
    _go(row, CallState.ANNOUNCED, Actor.CASEWORKER, by=by, now=now)
    _turn(row, now=now)
    return row


@transaction.atomic
def take_back(call: Call, *, by, now: dt.datetime) -> Call:
    """Hide an announced call again; once it has opened, that is over."""
    row = _locked(call, by=by)
    _turn(row, now=now)
    _go(row, CallState.DRAFT, Actor.CASEWORKER, by=by, now=now)
    return row


@transaction.atomic
def pause(call: Call, *, reasons: Mapping[str, str], by, now: dt.datetime) -> Call:
    """Let approvals wait, for the public `reasons` (language code to text).

    Drafts are written and applications sent as before.
    """
    row = _locked(call, by=by)
    _turn(row, now=now)
    if not reasons.get(settings.LANGUAGE_CODE, "").strip():
        raise ValidationError(_("Say why, at least in German: the public reads it."))
    _go(row, CallState.PAUSED, Actor.CASEWORKER, by=by, now=now)
    _write_reasons(row, reasons, by=by)
    _note(row, Event.PAUSED, now)
    return row


@transaction.atomic
def resume(call: Call, *, by, now: dt.datetime) -> Call:
    """Let a paused call go on; what was sent meanwhile waits no longer."""
    row = _locked(call, by=by)
    _turn(row, now=now)
    _go(row, CallState.OPEN, Actor.CASEWORKER, by=by, now=now)
    _write_reasons(row, {}, by=by)
    row.applications.filter(hold=True).update(hold=False)
    # Whoever has not been told of the pause yet need not hear of it any more.
    row.notices.filter(event=Event.PAUSED, done_at=None).update(done_at=now)
    _note(row, Event.RESUMED, now)
    return row


@transaction.atomic
def use_rules(call: Call, rule_set: RuleSet, *, by, now: dt.datetime) -> Call:
    """Let another version of the programme's rules hold for a call that has not opened yet."""
    row = _locked(call, by=by)
    _turn(row, now=now)
    if rule_set.programme_id != row.rule_set.programme_id:
        raise ValidationError(_("These are the rules of another programme."))
    if row.state not in (CallState.DRAFT, CallState.ANNOUNCED) or row.applications.exists():
        raise ValidationError(
            _("The call has opened: its rules stay as they were promised to the applicants.")
        )
    row.rule_set = rule_set
    row._history_user = by
    row.save(update_fields=["rule_set"])
    return row


@transaction.atomic
def move_end(call: Call, *, closes_at: dt.datetime, by, now: dt.datetime) -> Call:
    """Let `call` close at another instant, which lies ahead. A closed call stays closed."""
    row = _locked(call, by=by)
    _turn(row, now=now)
    if row.state == CallState.CLOSED:
        raise ValidationError(_("The call has closed; announce another one instead."))
    if closes_at <= max(now, row.opens_at):
        raise ValidationError(_("The call has to close after it opens, and in the future."))
    row.closes_at = closes_at
    row._history_user = by
    row.save(update_fields=["closes_at"])
    return row


def turn_all(now: dt.datetime) -> int:
    """Open and close by the clock, and note which calls close within a week; returns how many.

    A call for which there is nothing to do costs no transaction.
    """
    waiting = (CallState.ANNOUNCED, CallState.OPEN, CallState.PAUSED)
    turned = 0
    for call in Call.objects.filter(state__in=waiting):
        if call.state_at(now) == call.state and not _has_to_be_told_of_the_end(call, now=now):
            continue
        with transaction.atomic():
            row = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
            turned += _turn(row, now=now)
            if _has_to_be_told_of_the_end(row, now=now):
                _note(row, Event.CLOSES_SOON, row.closes_at)
    return turned


def _has_to_be_told_of_the_end(call: Call, *, now: dt.datetime) -> bool:
    if not call.takes_applications(now) or now < call.closes_at - WEEK:
        return False
    return not call.notices.filter(event=Event.CLOSES_SOON, at=call.closes_at).exists()


def _locked(call: Call, *, by) -> Call:
    """The row of `call`, locked, if `by` may change it."""
    rows = Call.objects.select_for_update(of=("self",)).select_related("rule_set__programme")
    row = rows.get(pk=call.pk)
    if not may_change(by, row.programme.agency_id):
        raise PermissionDenied
    return row


def _turn(row: Call, *, now: dt.datetime) -> bool:
    """Write what the clock says of the locked `row`; whether that was anything new."""
    wanted = row.state_at(now)
    if wanted == row.state:
        return False
    if row.state == CallState.ANNOUNCED:
        _go(row, CallState.OPEN, Actor.SYSTEM, by=None, now=row.opens_at)
        _note(row, Event.OPENS, row.opens_at)
    if wanted == CallState.CLOSED:
        _go(row, CallState.CLOSED, Actor.SYSTEM, by=None, now=row.closes_at)
    return True


def _go(row: Call, after: CallState, actor: Actor, *, by, now: dt.datetime) -> None:
    """Write the state: the only place that does."""
    if actor not in actors_of(CALL_STEPS, row.state, after):
        raise ValidationError(
            _("This call is in the state “%(state)s”: that step cannot be taken now.")
            % {"state": row.get_state_display()},
            code="step",
        )
    row.state, row.state_since = after, now
    row._history_user = by
    row.save(update_fields=["state", "state_since"])


def _refuse_unfinished(row: Call, *, now: dt.datetime) -> None:
    """Raise ValidationError for a call that nobody could apply to."""
    rules, problems = row.rule_set, []
    if row.closes_at <= now:
        problems.append(_("It would be closed already. Give it a later closing date."))
    if not row.translations.filter(language_code=settings.LANGUAGE_CODE).exists():
        problems.append(_("It has no German title yet."))
    if not (rules.measure_types.exists() and rules.cost_categories.exists()):
        problems.append(_("Its rules name no kind of measure or no kind of costs yet."))
    if not rules.declarations.exists():
        problems.append(_("Its rules have no declarations yet."))
    if problems:
        raise ValidationError(problems)


def _write_reasons(row: Call, reasons: Mapping[str, str], *, by) -> None:
    """Write why `row` is paused, in every language; where nothing is said, nothing stands."""
    present = {text.language_code: text for text in row.translations.all()}
    for code in {*present, *reasons}:
        reason = reasons.get(code, "").strip()
        text = present.get(code) or CallTranslation(master=row, language_code=code)
        if text.pk is None and not reason:
            continue
        if text.pk is None or text.pause_reason != reason:
            text.pause_reason = reason
            text._history_user = by
            text.save()


def _note(row: Call, event: Event, at: dt.datetime) -> None:
    CallNotice.objects.get_or_create(call=row, event=event, at=at)


# Late permits -------------------------------------------------------------------------------------


@transaction.atomic
def grant_late(
    application: Application, *, until: dt.datetime, reason: str, by, now: dt.datetime
) -> LatePermit:
    """Let `application` be sent until the instant `until`, although its call has closed.

    A second permit takes the place of the first. The reason stays with the office; the event holds
    the instant alone.
    """
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if row.agency_id not in agencies_of(by, MAY_PERMIT):
        raise PermissionDenied
    if row.state not in BEFORE_SUBMISSION:
        raise ValidationError(_("This application has been sent already."))
    if until <= now or until <= row.call.closes_at:
        raise ValidationError(_("Choose an instant that lies ahead, after the call has closed."))
    if not reason.strip():
        raise ValidationError(_("Say why the application may be late."))
    permit, _is_new = LatePermit.objects.update_or_create(
        application=row,
        defaults={
            "until": until,
            "reason": reason.strip(),
            "granted_by": by,
            "granted_at": now,
        },
    )
    is_decider = row.agency_id in agencies_of(by, frozenset({Role.DECIDER}))
    actor = Actor.DECIDER if is_decider else Actor.CASEWORKER
    events.record(
        row, CaseEvent.Kind.LATE_PERMIT, actor=actor, by=by, now=now, until=until.isoformat()
    )
    return permit
