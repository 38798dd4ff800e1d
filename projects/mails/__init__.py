"""Mails about a case: each once per case, event and reader, written in the event's transaction.

Applicants read them in the language of the application, with German below; the office reads
German. Subjects name the number of the case, and nobody.
"""

from projects.mails.applications import (
    application_is_in,
    application_is_withdrawn,
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
from projects.mails.letters import letter_is_there
from projects.mails.sending import is_written, to_applicants, to_office

__all__ = [
    "application_is_in",
    "application_is_withdrawn",
    "application_waits",
    "changes_are_asked",
    "changes_are_in",
    "draft_is_begun",
    "invitation",
    "is_written",
    "letter_is_there",
    "message_is_there",
    "objection_is_in",
    "objection_is_withdrawn",
    "office_is_asked",
    "precheck_is_answered",
    "remind_of_changes",
    "to_applicants",
    "to_office",
]
