"""Which step may follow which: tables, and nothing else. `projects.workflow` moves the cases.

Source: the procedure as docs/grants.md describes it. A step names who may take it; guards (time,
completeness, money) are checked by the verb that takes it.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(StrEnum):
    """In which part somebody acts on a case."""

    APPLICANT = "applicant"
    CASEWORKER = "caseworker"
    DECIDER = "decider"
    FINANCE = "finance"
    ADMIN = "admin"
    SYSTEM = "system"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PRECHECK = "precheck", _("Preliminary check")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    PROPOSED = "proposed", _("Decision proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WAITLISTED = "waitlisted", _("Waiting list")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = ApplicationState
BEFORE_SUBMISSION = frozenset({S.DRAFT, S.PRECHECK})
UNDECIDED = frozenset({S.SUBMITTED, S.IN_REVIEW, S.CHANGES_REQUESTED, S.PROPOSED, S.WAITLISTED})


class GrantState(models.TextChoices):
    """What has been granted, from the decision letter to the closed file.

    That a proof of use is overdue is no state: it follows from the day on which it was due.
    """

    ANNOUNCED = "announced", _("Announced")
    FINAL = "final", _("Final")
    RUNNING = "running", _("Running")
    PROOF_DUE = "proof_due", _("Proof of use due")
    PROOF_SUBMITTED = "proof_submitted", _("Proof of use submitted")
    PROOF_QUERIED = "proof_queried", _("Proof of use queried")
    SETTLED = "settled", _("Settled")
    REPAYMENT_DUE = "repayment_due", _("Repayment due")
    REPAID = "repaid", _("Repaid")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Revoked")


class ObjectionState(models.TextChoices):
    """`UPHELD`: the decision stands. `GRANTED`: the objection was right."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Decision upheld")
    GRANTED = "granted", _("Objection granted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AmendmentState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PayoutState(models.TextChoices):
    """`CERTIFIED`: right in substance and in figures. `ORDERED`: the cash office shall pay."""

    REQUESTED = "requested", _("Requested")
    CERTIFIED = "certified", _("Certified")
    ORDERED = "ordered", _("Ordered")
    EXPORTED = "exported", _("Handed to the cash office")
    PAID = "paid", _("Paid")
    BOUNCED = "bounced", _("Bounced")
    REFUSED = "refused", _("Refused")


OPEN_PAYOUTS = frozenset(PayoutState) - {PayoutState.PAID, PayoutState.REFUSED}


class CallState(models.TextChoices):
    """A call is `open` and `closed` by the clock; paused, it still takes applications."""

    DRAFT = "draft", _("Draft")
    ANNOUNCED = "announced", _("Announced")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


@dataclass(frozen=True)
class Step:
    """A step that may be taken, and by whom."""

    before: str
    after: str
    actors: frozenset[Actor]


def _step(before: str, after: str, *actors: Actor) -> Step:
    return Step(before, after, frozenset(actors))


APPLICATION_STEPS = (
    _step(S.DRAFT, S.PRECHECK, Actor.APPLICANT),
    _step(S.PRECHECK, S.DRAFT, Actor.APPLICANT, Actor.CASEWORKER),
    _step(S.DRAFT, S.SUBMITTED, Actor.APPLICANT, Actor.CASEWORKER),
    _step(S.PRECHECK, S.SUBMITTED, Actor.APPLICANT),
    _step(S.SUBMITTED, S.IN_REVIEW, Actor.CASEWORKER),
    _step(S.IN_REVIEW, S.CHANGES_REQUESTED, Actor.CASEWORKER),
    _step(S.CHANGES_REQUESTED, S.IN_REVIEW, Actor.APPLICANT, Actor.CASEWORKER),
    _step(S.IN_REVIEW, S.PROPOSED, Actor.CASEWORKER),
    _step(S.PROPOSED, S.APPROVED, Actor.DECIDER),
    _step(S.PROPOSED, S.REJECTED, Actor.DECIDER),
    _step(S.PROPOSED, S.WAITLISTED, Actor.DECIDER),
    _step(S.WAITLISTED, S.PROPOSED, Actor.DECIDER, Actor.SYSTEM),
    _step(S.PROPOSED, S.IN_REVIEW, Actor.DECIDER),
    _step(S.WAITLISTED, S.IN_REVIEW, Actor.DECIDER),
    _step(S.REJECTED, S.IN_REVIEW, Actor.DECIDER),
    *(
        _step(before, S.WITHDRAWN, Actor.APPLICANT)
        for before in (
            S.DRAFT,
            S.PRECHECK,
            S.SUBMITTED,
            S.IN_REVIEW,
            S.CHANGES_REQUESTED,
            S.PROPOSED,
            S.WAITLISTED,
        )
    ),
)

G = GrantState
GRANT_STEPS = (
    # What came on paper or by telephone goes on so: caseworkers enter what the recipient wrote.
    _step(G.ANNOUNCED, G.FINAL, Actor.SYSTEM, Actor.APPLICANT, Actor.CASEWORKER),
    _step(G.FINAL, G.RUNNING, Actor.SYSTEM),
    _step(G.RUNNING, G.PROOF_DUE, Actor.SYSTEM),
    _step(G.RUNNING, G.PROOF_SUBMITTED, Actor.APPLICANT),
    _step(G.PROOF_DUE, G.PROOF_SUBMITTED, Actor.APPLICANT),
    _step(G.PROOF_SUBMITTED, G.PROOF_QUERIED, Actor.CASEWORKER),
    _step(G.PROOF_QUERIED, G.PROOF_SUBMITTED, Actor.APPLICANT),
    _step(G.PROOF_SUBMITTED, G.SETTLED, Actor.CASEWORKER, Actor.DECIDER),
    _step(G.SETTLED, G.REPAYMENT_DUE, Actor.DECIDER),
    _step(G.REPAYMENT_DUE, G.REPAID, Actor.FINANCE),
    _step(G.SETTLED, G.CLOSED, Actor.SYSTEM),
    _step(G.REPAID, G.CLOSED, Actor.SYSTEM),
    *(
        _step(before, G.DECLINED, Actor.APPLICANT, Actor.CASEWORKER)
        for before in (G.ANNOUNCED, G.FINAL, G.RUNNING)
    ),
    *(
        _step(before, G.REVOKED, Actor.DECIDER)
        for before in (
            G.ANNOUNCED,
            G.FINAL,
            G.RUNNING,
            G.PROOF_DUE,
            G.PROOF_SUBMITTED,
            G.PROOF_QUERIED,
        )
    ),
    # What was paid for a grant that is no more comes back like any other money.
    _step(G.DECLINED, G.REPAYMENT_DUE, Actor.DECIDER),
    _step(G.REVOKED, G.REPAYMENT_DUE, Actor.DECIDER),
    _step(G.DECLINED, G.CLOSED, Actor.SYSTEM),
    _step(G.REVOKED, G.CLOSED, Actor.SYSTEM),
)

OBJECTION_STEPS = (
    _step(ObjectionState.OPEN, ObjectionState.UPHELD, Actor.DECIDER),
    _step(ObjectionState.OPEN, ObjectionState.GRANTED, Actor.DECIDER),
    _step(ObjectionState.OPEN, ObjectionState.WITHDRAWN, Actor.APPLICANT, Actor.CASEWORKER),
)

A = AmendmentState
AMENDMENT_STEPS = (
    _step(A.REQUESTED, A.GRANTED, Actor.DECIDER),
    _step(A.REQUESTED, A.REFUSED, Actor.DECIDER),
    _step(A.REQUESTED, A.WITHDRAWN, Actor.APPLICANT, Actor.CASEWORKER),
)

P = PayoutState
PAYOUT_STEPS = (
    _step(P.REQUESTED, P.CERTIFIED, Actor.CASEWORKER),
    _step(P.CERTIFIED, P.ORDERED, Actor.DECIDER),
    _step(P.ORDERED, P.EXPORTED, Actor.FINANCE),
    _step(P.EXPORTED, P.PAID, Actor.FINANCE),
    _step(P.EXPORTED, P.BOUNCED, Actor.FINANCE),
    _step(P.BOUNCED, P.CERTIFIED, Actor.CASEWORKER),
    # Whoever gives the grant up gives up what was asked for, too, as long as it is not ordered.
    _step(P.REQUESTED, P.REFUSED, Actor.CASEWORKER, Actor.SYSTEM),
    _step(P.CERTIFIED, P.REFUSED, Actor.CASEWORKER, Actor.DECIDER, Actor.SYSTEM),
    _step(P.BOUNCED, P.REFUSED, Actor.CASEWORKER, Actor.SYSTEM),
)

C = CallState
CALL_STEPS = (
    _step(C.DRAFT, C.ANNOUNCED, Actor.CASEWORKER),
    _step(C.ANNOUNCED, C.DRAFT, Actor.CASEWORKER),
    _step(C.ANNOUNCED, C.OPEN, Actor.SYSTEM),
    _step(C.OPEN, C.PAUSED, Actor.CASEWORKER),
    _step(C.PAUSED, C.OPEN, Actor.CASEWORKER),
    _step(C.OPEN, C.CLOSED, Actor.SYSTEM),
    _step(C.PAUSED, C.CLOSED, Actor.SYSTEM),
)


def actors_of(steps: tuple[Step, ...], before: str, after: str) -> frozenset[Actor]:
    """Who may go from `before` to `after`; nobody where there is no such step."""
    return next(
        (step.actors for step in steps if (step.before, step.after) == (before, after)),
        frozenset(),
    )
