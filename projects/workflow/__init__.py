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
from projects.workflow.moving import RefusedError
from projects.workflow.office import (
    answer_precheck,
    end_request,
    reassign,
    request_changes,
    take,
)
from projects.workflow.submitting import IncompleteError, submit
from projects.workflow.talking import send_message, write_note

__all__ = [
    "IncompleteError",
    "RefusedError",
    "answer_precheck",
    "ask_precheck",
    "comment_on_request",
    "end_request",
    "reassign",
    "request_changes",
    "send_message",
    "submit",
    "take",
    "take_back_precheck",
    "withdraw",
    "write_note",
]
