"""Who moves a case, and what has to be true for it: one verb per step.

Each verb is one transaction: it locks the case, asks `projects.states` and its own guards, writes,
adds to the file of the case, and puts its mails into the outbox. Nobody else writes a state.
"""

from projects.workflow.applicants import (
    ask_precheck,
    comment_on_request,
    take_back_precheck,
    withdraw,
)
from projects.workflow.deciding import approve, reject
from projects.workflow.moving import RefusedError
from projects.workflow.office import (
    answer_precheck,
    end_request,
    reassign,
    request_changes,
    take,
)
from projects.workflow.proposing import Wanted, propose, send_back
from projects.workflow.submitting import IncompleteError, submit
from projects.workflow.talking import send_message, write_note
from projects.workflow.waiting import call_up, call_up_waiting, lift_hold, waitlist

__all__ = [
    "IncompleteError",
    "RefusedError",
    "Wanted",
    "answer_precheck",
    "approve",
    "ask_precheck",
    "call_up",
    "call_up_waiting",
    "comment_on_request",
    "end_request",
    "lift_hold",
    "propose",
    "reassign",
    "reject",
    "request_changes",
    "send_back",
    "send_message",
    "submit",
    "take",
    "take_back_precheck",
    "waitlist",
    "withdraw",
    "write_note",
]
