"""Until when an answer is promised, and how long an enquiry is kept."""

import datetime as dt

from contacts.models.enquiry import EnquiryKind
from contacts.states import STATES
from contacts.working_days import next_working_day, plus_months, plus_working_days

# Working days until the answer, as the form and the receipt say.
ANSWER_DAYS = {
    EnquiryKind.HELP_OFFERED: 5,
    EnquiryKind.HELP_WANTED: 3,
    EnquiryKind.IDEA: 5,
    EnquiryKind.PEOPLE_WANTED: 5,
    EnquiryKind.INTERPRETER: 1,
    EnquiryKind.NETWORK: 10,
}

# Days for which a closed enquiry is kept, as the privacy page says; to be confirmed by the office's
# data protection officer. What is left afterwards names nobody and is counted only.
KEPT_DAYS = {
    EnquiryKind.HELP_OFFERED: 365,
    EnquiryKind.HELP_WANTED: 90,
    EnquiryKind.IDEA: 365,
    EnquiryKind.PEOPLE_WANTED: 90,
    EnquiryKind.INTERPRETER: 90,
    EnquiryKind.NETWORK: 365,
    EnquiryKind.BARRIER: 3 * 365,
}


def answer_by(kind: str, *, state: str, on: dt.date) -> dt.date:
    """The last day for an answer to what came on the local date `on`, a working day of `state`.

    A barrier has its period in law (`StatePack.barrier_months`).
    """
    if kind == EnquiryKind.BARRIER:
        return next_working_day(plus_months(on, STATES[state].barrier_months), state)
    return plus_working_days(on, ANSWER_DAYS[kind], state)


def kept_until(kind: str, *, closed_on: dt.date) -> dt.date:
    """The last day on which the personal data of a closed enquiry are kept."""
    return closed_on + dt.timedelta(days=KEPT_DAYS[kind])
