"""The eight plain words in which applicants read how a case stands, and what stands beside them."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy


class Label(Enum):
    """In the order of a case that goes well."""

    DRAFT = gettext_lazy("Draft")
    PRECHECK = gettext_lazy("Preliminary check")
    SUBMITTED = gettext_lazy("Submitted")
    IN_REVIEW = gettext_lazy("In review")
    TO_COMPLETE = gettext_lazy("Please complete")
    DECIDED = gettext_lazy("Decided")
    RUNNING = gettext_lazy("Running")
    CLOSED = gettext_lazy("Completed")


@dataclass(frozen=True)
class Status:
    """`who` is who acts next, `until` the last local day for it, None where none is set.

    `is_your_turn` says that the applicant is waited for.
    """

    label: str
    next: str
    who: str
    until: dt.date | None = None
    is_your_turn: bool = False
