"""How a grant stands: what is paid, what is asked for, what is left, and until when things are due.

Amounts are cents, days are local and inclusive. Reads what has been fetched for lists (`payouts`,
`extensions`), and asks the database only where nothing was.
"""

import datetime as dt
from dataclasses import dataclass

from projects.models import Application, Extension, Grant
from projects.states import OPEN_PAYOUTS, GrantState, ObjectionState, PayoutState

G = GrantState
# In which money is paid; before it is final only where the rules say so.
PAYING = frozenset({G.FINAL, G.RUNNING, G.PROOF_DUE, G.PROOF_SUBMITTED, G.PROOF_QUERIED})
# In which the project can still be given up or changed.
CHANGEABLE = frozenset({G.ANNOUNCED, G.FINAL, G.RUNNING})
BEFORE_PROOF = CHANGEABLE | {G.PROOF_DUE}


@dataclass(frozen=True)
class Standing:
    """`pending` is asked for and neither paid nor refused; a payout that bounced is, too."""

    award: int
    paid: int
    pending: int

    @property
    def left(self) -> int:
        """What can still be asked for; below nothing where somebody has got too much."""
        return self.award - self.paid - self.pending


def standing_of(grant: Grant) -> Standing:
    payouts = [(row.state, row.amount_cents) for row in grant.payouts.all()]
    return Standing(
        award=grant.award_cents,
        paid=sum(cents for state, cents in payouts if state == PayoutState.PAID),
        pending=sum(cents for state, cents in payouts if state in OPEN_PAYOUTS),
    )


def extended(grant: Grant, what: str, day: dt.date | None) -> dt.date | None:
    """`day`, or the later one that was granted last for `what` (an `Extension.What`).

    More time for an answer holds for the question that was asked last, and for no later one.
    """
    rows = [row for row in grant.extensions.all() if row.what == what]
    if what == Extension.What.QUERY:
        rows = [row for row in rows if row.granted_at >= grant.changed_at]
    return max(rows, key=lambda row: row.pk).until if rows else day


def proof_until(grant: Grant) -> dt.date:
    """The last day for the proof of use, with the time that was granted."""
    return extended(grant, Extension.What.PROOF, grant.proof_due_on)


def due_on(grant: Grant, what: str) -> dt.date | None:
    """The last day that holds for `what` (an `Extension.What`); None where none has been set."""
    if what == Extension.What.PROOF:
        return proof_until(grant)
    if what == Extension.What.QUERY:
        proof = getattr(grant, "proof", None)
        return extended(grant, what, proof.query_until if proof else None)
    claim = getattr(grant, "claim", None)
    return extended(grant, what, claim.due_on if claim else None)


def has_open_objection(case: Application) -> bool:
    return any(row.state == ObjectionState.OPEN for row in case.objections.all())
