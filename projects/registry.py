"""The public register of funded projects: what it says of a grant follows from the grant.

A project stands in it from the day on which its decision is final, and stays when the case is
erased. Of a recipient it names bodies and associations, no private person.
"""

import datetime as dt

from portal import clock
from projects.models import CaseEvent, FundedProject, Grant, Settlement
from projects.states import GrantState
from projects.terms import LEGAL_PERSONS

UNPUBLISHED = frozenset({GrantState.ANNOUNCED, GrantState.DECLINED, GrantState.REVOKED})
UNDONE = (CaseEvent.Kind.DECLINED, CaseEvent.Kind.REVOKED)


def follow(grant: Grant) -> FundedProject | None:
    """Bring the register up to date with `grant`, within the transaction that has changed it.

    The amount is what was granted; once the proof of use is checked, what was needed of it.
    """
    application = grant.application
    if grant.state in UNPUBLISHED or is_undone(grant):
        FundedProject.objects.filter(application=application).delete()
        return None
    settled = Settlement.objects.filter(grant=grant, sent_back_at=None)
    need = settled.exclude(confirmed_at=None).values_list("need_cents", flat=True).first()
    values = {
        "agency": application.agency,
        "programme": application.call.programme,
        "title": application.title,
        "summary": application.summary,
        "area": application.area,
        "year": application.call.budget_year,
        "measure_kind": application.measure_kind,
        "recipient": recipient_of(grant),
        "amount_cents": grant.award_cents if need is None else need,
        "granted_on": local_day(grant.granted_at),
    }
    return FundedProject.objects.update_or_create(application=application, defaults=values)[0]


def is_undone(grant: Grant) -> bool:
    """Whether it was declined or revoked, also once its file has been closed."""
    return grant.application.events.filter(kind__in=UNDONE).exists()


def recipient_of(grant: Grant) -> str:
    """Who is named in public: bodies and associations; "" stands for private persons."""
    application = grant.application
    return application.applicant_name if application.applicant_type in LEGAL_PERSONS else ""


def local_day(instant: dt.datetime) -> dt.date:
    return clock.local(instant).date()
