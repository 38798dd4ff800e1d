"""The page of a case, and what staff do there: one module for each part of it.

A new part (`frame` says what it is made of) is named once, in `PARTS`: in the order of the page.
"""

from projects.admin.cases import (
    content,
    deciding,
    duplicates,
    file,
    grants,
    history,
    keeping,
    letters,
    objections,
    payouts,
    proofs,
    proposing,
    reminders,
    repayments,
    review,
    talking,
)
from projects.admin.cases.frame import View, address, answers_for, case_of
from projects.admin.cases.page import register, show

PARTS = (
    review,
    duplicates,
    proposing,
    deciding,
    grants,
    payouts,
    proofs,
    repayments,
    letters,
    objections,
    content,
    talking,
    reminders,
    file,
    keeping,
    history,
)

# By name of the address: its path, and its view.
VIEWS: dict[str, tuple[str, View]] = {}
for part in PARTS:
    VIEWS |= part.VIEWS
    register(part)

__all__ = ["VIEWS", "address", "answers_for", "case_of", "show"]
