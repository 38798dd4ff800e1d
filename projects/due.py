"""What is due next on a case, and when: one rule for the queue of the office and for calendars.

Each row of a query gets it as one text (`next_due`) that the database sorts by: the local day, and
the kind of what is due. It is worked out within the query that fetches the cases, so that a page of
the list asks no more for it. Days that somebody set are the last ones, inclusive; what only waits
for the office is due from the day on which it came.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    DateField,
    Expression,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Least, TruncDate
from django.utils.translation import gettext_lazy as _

from projects.models import (
    Amendment,
    ChangeRequest,
    Delivery,
    Extension,
    Hearing,
    Objection,
    Payout,
    Reminder,
)
from projects.states import AmendmentState, ApplicationState, GrantState, ObjectionState
from projects.states import PayoutState as P

S, G = ApplicationState, GrantState
NEVER = "9999"  # behind every day


class Kind(TextChoices):
    REMINDER = "reminder", _("reminder")
    PRECHECK = "precheck", _("preliminary check")
    TAKE = "take", _("application to be taken")
    CHECK = "check", _("application to be checked")
    CHANGES = "changes", _("answer to the request for changes")
    DECIDE = "decide", _("decision")
    OBJECTION = "objection", _("decision on an objection")
    POST = "post", _("letter to be posted")
    AMENDMENT = "amendment", _("decision on a change")
    CERTIFY = "certify", _("payout to be certified")
    ORDER = "order", _("payout to be ordered")
    HAND_OVER = "hand-over", _("payout to be handed over")
    PROOF = "proof", _("proof of use")
    PROOF_CHECK = "proof-check", _("proof of use to be checked")
    QUERY = "query", _("answer about the proof of use")
    HEARING = "hearing", _("answer to the hearing")
    REPAYMENT = "repayment", _("repayment")


@dataclass(frozen=True)
class Due:
    """What is due on a case, and the local day on which it is, or since which it waits."""

    day: dt.date
    kind: Kind

    def is_over(self, today: dt.date) -> bool:
        return self.day < today


# What applicants do themselves; everything else is for the office.
OF_APPLICANTS = frozenset({Kind.CHANGES, Kind.PROOF, Kind.QUERY, Kind.HEARING, Kind.REPAYMENT})
# Days that were set, and can be missed; the others say since when something waits.
WITH_END = OF_APPLICANTS | {Kind.REMINDER}
# In which a hearing is still waited for: before money is demanded, or the grant revoked.
HEARING_STATES = frozenset(G) - {G.REPAYMENT_DUE, G.REPAID, G.CLOSED}


def with_next(applications: QuerySet, *, user=None) -> QuerySet:
    """The cases with `next_due`, for `next_of` and to be sorted by; reminders are those of `user`.

    Adds no query of its own and no row.
    """
    return applications.annotate(next_due=_next(_office(user).values()))


def with_next_of_applicant(applications: QuerySet) -> QuerySet:
    """The same, of what applicants have to do themselves."""
    return applications.annotate(next_due=_next(_applicant().values()))


def days_of(
    applications: QuerySet, kind: Kind, *, since: dt.date, most: int
) -> Iterator[tuple[uuid.UUID, str, dt.date]]:
    """Key, number and day of the cases of which `kind` is due on the local date `since` or later.

    The first `most` by day, in one query. Reminders belong to somebody, and are not asked for here.
    """
    rows = applications.annotate(next_due=_office(None)[kind]).order_by("next_due", "pk")
    rows = rows.filter(next_due__gte=since.isoformat(), next_due__lt=NEVER)
    for key, reference, text in rows.values_list("uuid", "reference", "next_due")[:most]:
        yield key, reference, dt.date.fromisoformat(text.partition(" ")[0])


def next_of(application) -> Due | None:
    """What is due next on a case from `with_next`; None where nothing is."""
    if application.next_due.startswith(NEVER):
        return None
    day, _space, kind = application.next_due.partition(" ")
    return Due(dt.date.fromisoformat(day), Kind(kind))


# The expressions ----------------------------------------------------------------------------------


class _Joined(Func):
    """Texts one behind the other; nothing where one of them is nothing, on every database."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = CharField()


def _next(lines: Iterable[Expression]) -> Expression:
    return Least(*lines, output_field=CharField())


def _line(kind: Kind, day: Expression | F, when: Q | None = None) -> Expression:
    """A day and its kind as text; `NEVER` where there is none, or the case is not in `when`."""
    text = Coalesce(
        _Joined(Cast(day, CharField()), Value(f" {kind.value}", output_field=CharField())),
        Value(NEVER),
        output_field=CharField(),
    )
    if when is None:
        return text
    return Case(When(when, then=text), default=Value(NEVER), output_field=CharField())


def _since(column: str) -> Expression:
    return TruncDate(column)  # in Europe/Berlin, as the settings say


def _first(rows: QuerySet, column, path: str = "application") -> Subquery:
    """The first day in `column` of the rows that belong to the case."""
    own = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Subquery(own.annotate(first=Min(column)).values("first"), output_field=DateField())


def _until(what: str, day: str, **since) -> Expression:
    """The day in the column `day`, or the later one that was granted last."""
    rows = Extension.objects.filter(grant__application=OuterRef("pk"), what=what, **since)
    latest = rows.order_by("-pk").values("until")[:1]
    return Coalesce(Subquery(latest), F(day), output_field=DateField())


def _applicant() -> dict[Kind, Expression]:
    what = Extension.What
    is_granted = Q(state=S.APPROVED)
    before_proof = Q(grant__state__in=[G.ANNOUNCED, G.FINAL, G.RUNNING, G.PROOF_DUE])
    hearings = Hearing.objects.filter(answered_at=None)
    asked = ChangeRequest.objects.filter(settled_at=None)
    query = _until(
        what.QUERY, "grant__proof__query_until", granted_at__gte=OuterRef("grant__changed_at")
    )
    found = [
        (Kind.CHANGES, _first(asked, "due_on"), Q(state=S.CHANGES_REQUESTED)),
        (Kind.PROOF, _until(what.PROOF, "grant__proof_due_on"), is_granted & before_proof),
        (Kind.QUERY, query, is_granted & Q(grant__state=G.PROOF_QUERIED)),
        (
            Kind.REPAYMENT,
            _until(what.REPAYMENT, "grant__claim__due_on"),
            is_granted & Q(grant__state=G.REPAYMENT_DUE),
        ),
        (
            Kind.HEARING,
            _first(hearings, "answer_until"),
            is_granted & Q(grant__state__in=sorted(HEARING_STATES)),
        ),
    ]
    return {kind: _line(kind, day, when) for kind, day, when in found}


def _office(user) -> dict[Kind, Expression]:
    is_granted = Q(state=S.APPROVED)
    objections = Objection.objects.filter(state=ObjectionState.OPEN)
    unsent = Delivery.objects.filter(way=Delivery.Way.POST, sent_on=None)
    changes = Amendment.objects.filter(state=AmendmentState.REQUESTED)
    payouts = {
        Kind.CERTIFY: [P.REQUESTED, P.BOUNCED],
        Kind.ORDER: [P.CERTIFIED],
        Kind.HAND_OVER: [P.ORDERED],
    }
    found = [
        (Kind.PRECHECK, _since("changed_at"), Q(state=S.PRECHECK)),
        (Kind.TAKE, _since("changed_at"), Q(state=S.SUBMITTED)),
        (Kind.CHECK, _since("changed_at"), Q(state=S.IN_REVIEW)),
        (Kind.DECIDE, _since("changed_at"), Q(state=S.PROPOSED)),
        (Kind.OBJECTION, _first(objections, "received_on"), None),
        (Kind.POST, _first(unsent, "letter__dated", "letter__application"), None),
        (
            Kind.AMENDMENT,
            _first(changes, _since("requested_at"), "grant__application"),
            is_granted,
        ),
        (
            Kind.PROOF_CHECK,
            _since("grant__changed_at"),
            is_granted & Q(grant__state=G.PROOF_SUBMITTED),
        ),
    ]
    for kind, states in payouts.items():
        rows = Payout.objects.filter(state__in=states)
        since = _first(rows, _since("changed_at"), "grant__application")
        found.append((kind, since, is_granted))
    if user is not None:
        reminders = Reminder.objects.filter(done_at=None, user=user)
        found.append((Kind.REMINDER, _first(reminders, "due_on"), None))
    return _applicant() | {kind: _line(kind, day, when) for kind, day, when in found}
