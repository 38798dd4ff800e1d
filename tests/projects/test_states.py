"""Every state × every state of each machine, against tables apart from the code."""

import itertools

import pytest

from projects import states
from projects.states import (
    AmendmentState,
    ApplicationState,
    CallState,
    GrantState,
    ObjectionState,
    PayoutState,
    actors_of,
)

# Of each machine: from, to, and who. What is not here does not exist. Of what came on paper,
# caseworkers enter what the recipient wrote.
APPLICATION = {
    ("draft", "precheck"): {"applicant"},
    ("precheck", "draft"): {"applicant", "caseworker"},
    ("draft", "submitted"): {"applicant", "caseworker"},
    ("precheck", "submitted"): {"applicant"},
    ("submitted", "in_review"): {"caseworker"},
    ("in_review", "changes_requested"): {"caseworker"},
    ("changes_requested", "in_review"): {"applicant", "caseworker"},
    ("in_review", "proposed"): {"caseworker"},
    ("proposed", "approved"): {"decider"},
    ("proposed", "rejected"): {"decider"},
    ("proposed", "waitlisted"): {"decider"},
    ("waitlisted", "proposed"): {"decider", "system"},
    ("proposed", "in_review"): {"decider"},
    ("waitlisted", "in_review"): {"decider"},
    ("rejected", "in_review"): {"decider"},
    ("draft", "withdrawn"): {"applicant"},
    ("precheck", "withdrawn"): {"applicant"},
    ("submitted", "withdrawn"): {"applicant"},
    ("in_review", "withdrawn"): {"applicant"},
    ("changes_requested", "withdrawn"): {"applicant"},
    ("proposed", "withdrawn"): {"applicant"},
    ("waitlisted", "withdrawn"): {"applicant"},
}
GRANT = {
    ("announced", "final"): {"system", "applicant", "caseworker"},
    ("final", "running"): {"system"},
    ("running", "proof_due"): {"system"},
    ("running", "proof_submitted"): {"applicant"},
    ("proof_due", "proof_submitted"): {"applicant"},
    ("proof_submitted", "proof_queried"): {"caseworker"},
    ("proof_queried", "proof_submitted"): {"applicant"},
    ("proof_submitted", "settled"): {"caseworker", "decider"},
    ("settled", "repayment_due"): {"decider"},
    ("declined", "repayment_due"): {"decider"},
    ("revoked", "repayment_due"): {"decider"},
    ("repayment_due", "repaid"): {"finance"},
    ("settled", "closed"): {"system"},
    ("repaid", "closed"): {"system"},
    ("declined", "closed"): {"system"},
    ("revoked", "closed"): {"system"},
    ("announced", "declined"): {"applicant", "caseworker"},
    ("final", "declined"): {"applicant", "caseworker"},
    ("running", "declined"): {"applicant", "caseworker"},
    ("announced", "revoked"): {"decider"},
    ("final", "revoked"): {"decider"},
    ("running", "revoked"): {"decider"},
    ("proof_due", "revoked"): {"decider"},
    ("proof_submitted", "revoked"): {"decider"},
    ("proof_queried", "revoked"): {"decider"},
}
OBJECTION = {
    ("open", "upheld"): {"decider"},
    ("open", "granted"): {"decider"},
    ("open", "withdrawn"): {"applicant", "caseworker"},
}
AMENDMENT = {
    ("requested", "granted"): {"decider"},
    ("requested", "refused"): {"decider"},
    ("requested", "withdrawn"): {"applicant", "caseworker"},
}
PAYOUT = {
    ("requested", "certified"): {"caseworker"},
    ("certified", "ordered"): {"decider"},
    ("ordered", "exported"): {"finance"},
    ("exported", "paid"): {"finance"},
    ("exported", "bounced"): {"finance"},
    ("bounced", "certified"): {"caseworker"},
    ("requested", "refused"): {"caseworker", "system"},
    ("certified", "refused"): {"caseworker", "decider", "system"},
    ("bounced", "refused"): {"caseworker", "system"},
}
CALL = {
    ("draft", "announced"): {"caseworker"},
    ("announced", "draft"): {"caseworker"},
    ("announced", "open"): {"system"},
    ("open", "paused"): {"caseworker"},
    ("paused", "open"): {"caseworker"},
    ("open", "closed"): {"system"},
    ("paused", "closed"): {"system"},
}
MACHINES = {
    "application": (ApplicationState, states.APPLICATION_STEPS, APPLICATION),
    "grant": (GrantState, states.GRANT_STEPS, GRANT),
    "objection": (ObjectionState, states.OBJECTION_STEPS, OBJECTION),
    "amendment": (AmendmentState, states.AMENDMENT_STEPS, AMENDMENT),
    "payout": (PayoutState, states.PAYOUT_STEPS, PAYOUT),
    "call": (CallState, states.CALL_STEPS, CALL),
}
# Where a case rests: nothing follows.
ENDS = {
    "application": {"approved", "withdrawn"},
    "grant": {"closed"},
    "objection": {"upheld", "granted", "withdrawn"},
    "amendment": {"granted", "refused", "withdrawn"},
    "payout": {"paid", "refused"},
    "call": {"closed"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_times_every_state_allows_what_the_procedure_says(name):
    every, steps, allowed = MACHINES[name]

    found = {
        (before, after): set(actors_of(steps, before, after))
        for before, after in itertools.product(every.values, every.values)
    }

    assert found == {pair: allowed.get(pair, set()) for pair in found}
    assert allowed.keys() <= found.keys()


@pytest.mark.parametrize("name", MACHINES)
def test_no_step_stands_twice_in_a_table(name):
    pairs = [(step.before, step.after) for step in MACHINES[name][1]]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_reached_and_left_but_for_the_ends(name):
    every, _steps, allowed = MACHINES[name]
    first = every.values[0]
    reached, rest = {first}, list(allowed)
    while new := [after for before, after in rest if before in reached and after not in reached]:
        reached |= set(new)

    assert reached == set(every.values)
    assert {state for state in every.values if not any(b == state for b, _a in rest)} == ENDS[name]
