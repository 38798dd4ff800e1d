"""Mails about a case: each once per case, event and reader, written in the event's transaction.

Applicants read them in the language of the application, with German below; the office reads
German. Subjects name the number of the case, and nobody.
"""

from projects.mails.applications import (
    application_is_in,
    application_is_withdrawn,
    case_goes,
    changes_are_asked,
    changes_are_in,
    draft_is_begun,
    invitation,
    message_is_there,
    office_is_asked,
    precheck_is_answered,
    remind_of_changes,
)
from projects.mails.decisions import (
    application_waits,
    objection_is_in,
    objection_is_withdrawn,
)
from projects.mails.grants import (
    account_is_changed,
    account_is_confirmed,
    amendment_is_asked,
    grant_is_declined,
    objection_is_waived,
    payout_has_bounced,
    payout_is_paid,
    payout_is_refused,
    payout_is_requested,
    time_is_extended,
)
from projects.mails.letters import letter_is_there
from projects.mails.proofs import (
    hearing_is_answered,
    money_is_back,
    proof_is_in,
    proof_is_queried,
    proof_is_settled,
    remind_of_proof,
    remind_of_repayment,
)
from projects.mails.sending import is_written, to_applicants, to_office

__all__ = [
    "account_is_changed",
    "account_is_confirmed",
    "amendment_is_asked",
    "application_is_in",
    "application_is_withdrawn",
    "application_waits",
    "case_goes",
    "changes_are_asked",
    "changes_are_in",
    "draft_is_begun",
    "grant_is_declined",
    "hearing_is_answered",
    "invitation",
    "is_written",
    "letter_is_there",
    "message_is_there",
    "money_is_back",
    "objection_is_in",
    "objection_is_waived",
    "objection_is_withdrawn",
    "office_is_asked",
    "payout_has_bounced",
    "payout_is_paid",
    "payout_is_refused",
    "payout_is_requested",
    "precheck_is_answered",
    "proof_is_in",
    "proof_is_queried",
    "proof_is_settled",
    "remind_of_changes",
    "remind_of_proof",
    "remind_of_repayment",
    "time_is_extended",
    "to_applicants",
    "to_office",
]
