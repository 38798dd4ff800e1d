"""The two-minute check: does an idea fit a programme? Pure, and nothing is stored.

It answers "likely", "talk to us" or "unlikely", with reasons in plain words. It never blocks: who
wants to apply all the same may, and gets a decision.
"""

import datetime as dt
import enum
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import money
from projects.call_words import instant_in_words
from projects.funding import CallView
from projects.rules import Rules
from projects.states import CallState
from projects.terms import ApplicantType, MeasureKind, StartRule

# From when a project may begin, said to whoever has not begun.
START = {
    StartRule.AFTER_APPLICATION: gettext_lazy("Send the application before you begin."),
    StartRule.AFTER_APPROVAL: gettext_lazy("Do not begin before you have the approval."),
    StartRule.EARLY_ON_REQUEST: gettext_lazy(
        "Do not begin before you have the approval, or our written consent to begin earlier."
    ),
}


class Verdict(enum.IntEnum):
    """The worst of the reasons decides."""

    LIKELY = 0
    TALK = 1
    UNLIKELY = 2


class Where(enum.Enum):
    """What the place of the idea means for the programme."""

    HERE = "here"
    ELSEWHERE = "elsewhere"  # another agency answers there
    OUTSIDE = "outside"  # no agency of this site does
    UNCLEAR = "unclear"  # several places, or none that we know


class Elsewhere(enum.StrEnum):
    """Whether somebody else pays for the same thing."""

    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Idea:
    """What somebody has in mind. `amount` is in cents; None is not known yet."""

    applicant_type: ApplicantType
    measure_kind: MeasureKind
    elsewhere: Elsewhere
    starts_on: dt.date | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Reason:
    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Result:
    """`against` are the reasons that speak against it or want a talk, `notes` what to know."""

    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Verdict:
        return max((reason.verdict for reason in self.reasons), default=Verdict.LIKELY)

    @property
    def against(self) -> list[str]:
        """The graver ones first."""
        grave = [reason for reason in self.reasons if reason.verdict > Verdict.LIKELY]
        return [r.text for r in sorted(grave, key=lambda reason: -reason.verdict)]

    @property
    def notes(self) -> list[str]:
        return [r.text for r in self.reasons if r.verdict == Verdict.LIKELY]


def check(
    idea: Idea, call: CallView | None, *, where: Where, now: dt.datetime, on: dt.date
) -> Result:
    """What speaks for and against `idea` under `call`, the call to which it would belong.

    None: the programme has none at present. `on` is the local date of `now`.
    """
    reasons = [_about_place(where)]
    if call is None and where in (Where.HERE, Where.UNCLEAR):
        reasons.append(_talk(_("No call is open at present. Ask when the next one begins.")))
    elif call is not None:
        rules = call.rules
        reasons += [
            _about_applicant(idea, rules),
            _about_measure(idea, rules),
            _about_amount(idea, rules),
            _about_start(idea, call, on=on),
            _about_call(call, now=now),
        ]
        if rules.own_share_percent:
            text = _("You pay at least %(percent)d %% of the costs from other money.")
            reasons.append(_note(text % {"percent": rules.own_share_percent}))
    reasons.append(_about_elsewhere(idea))
    return Result(tuple(reason for reason in reasons if reason is not None))


def _note(text: str) -> Reason:
    return Reason(Verdict.LIKELY, text)


def _talk(text: str) -> Reason:
    return Reason(Verdict.TALK, text)


def _unlikely(text: str) -> Reason:
    return Reason(Verdict.UNLIKELY, text)


def _about_place(where: Where) -> Reason | None:
    match where:
        case Where.OUTSIDE:
            return _unlikely(
                _("The place lies outside of the area for which money is granted here.")
            )
        case Where.ELSEWHERE:
            return _unlikely(_("The office that answers for this place does not offer this money."))
        case Where.UNCLEAR:
            return _talk(_("We do not know which place you mean: it decides who is responsible."))
    return None


def _about_applicant(idea: Idea, rules: Rules) -> Reason | None:
    if idea.applicant_type not in rules.applicant_types:
        text = _("This money is not meant for applicants of this kind: %(kind)s.")
        return _unlikely(text % {"kind": idea.applicant_type.label})
    if idea.applicant_type in rules.partner_types:
        return _talk(
            _(
                "You need a volunteer initiative that carries the project with you. "
                "If you have none yet, we help you to find one."
            )
        )
    return None


def _about_measure(idea: Idea, rules: Rules) -> Reason | None:
    if idea.measure_kind not in rules.ceilings:
        text = _("Projects of this kind are not funded: %(kind)s.")
        return _unlikely(text % {"kind": idea.measure_kind.label})
    if idea.measure_kind == MeasureKind.OTHER:
        return _talk(_("It is none of the usual projects: tell us about it in a few words."))
    return None


def _about_amount(idea: Idea, rules: Rules) -> Reason | None:
    ceiling = rules.ceilings.get(idea.measure_kind)
    if ceiling is None:
        return None
    most = {"most": money.shown(ceiling)}
    if idea.amount is None or idea.amount <= ceiling:
        if idea.amount is not None and idea.amount < rules.minimum_cents:
            text = _("Grants below %(least)s are not given.")
            return _unlikely(text % {"least": money.shown(rules.minimum_cents)})
        return _note(_("Up to %(most)s can be granted for this.") % most)
    return _talk(
        _(
            "At most %(most)s can be granted for this. "
            "You can apply for that much if the rest comes from other money."
        )
        % most
    )


def _about_start(idea: Idea, call: CallView, *, on: dt.date) -> Reason | None:
    starts_on, rule = idea.starts_on, call.rules.start_rule
    if starts_on is not None and starts_on < on:
        if rule == StartRule.AFTER_APPROVAL:
            return _unlikely(
                _("It has begun already. Only what has not begun before the approval is funded.")
            )
        return _talk(_("It has begun already. What was spent before you apply is not paid."))
    if starts_on is not None and not call.measures_from <= starts_on <= call.measures_until:
        text = _("This call is for projects from %(first)s to %(last)s.")
        return _talk(
            text
            % {
                "first": date_format(call.measures_from, "DATE_FORMAT"),
                "last": date_format(call.measures_until, "DATE_FORMAT"),
            }
        )
    return _note(str(START[rule]))


def _about_call(call: CallView, *, now: dt.datetime) -> Reason | None:
    match call.state_at(now):
        case CallState.ANNOUNCED:
            text = _("Applications are taken from %(opens)s.")
            return _note(text % {"opens": instant_in_words(call.opens_at)})
        case CallState.PAUSED:
            return _note(
                _("The call is paused: you can write and send an application, the decision waits.")
            )
        case CallState.CLOSED:
            return _talk(_("The call has closed. Ask when the next one begins."))
    return None


def _about_elsewhere(idea: Idea) -> Reason | None:
    match idea.elsewhere:
        case Elsewhere.YES:
            return _talk(_("The same costs are never paid twice. Tell us who pays for what."))
        case Elsewhere.UNSURE:
            return _talk(_("Find out who else pays: the same costs are never paid twice."))
    return None
