"""Locking a case from normal view while it has to be kept (Article 18 GDPR).

Whoever wants everything erased gets what may go erased at once; what a duty keeps is locked: only
auditors and the agency's administration still see it. The procedure has to be over for that.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import events
from projects.actors import may_change
from projects.events import Kind
from projects.keeping.due import duty_of
from projects.models import Application
from projects.states import Actor


@transaction.atomic
def restrict(application: Application, *, by, now: dt.datetime) -> bool:
    """Lock a case whose procedure is over; whether it is locked now.

    `by` is its owner, or the administration of the agency on their behalf.
    """
    case = _locked(application)
    is_owner = case.contributors.filter(user=by, role="owner").exists()
    if not is_owner and not may_change(by, case.agency_id):
        raise ValidationError(_("You may not do this."))
    if case.restricted_at is not None:
        return True
    if duty_of(case) is None:
        return False
    Application.objects.filter(pk=case.pk).update(restricted_at=now)
    actor = Actor.APPLICANT if is_owner else Actor.ADMIN
    events.record(case, Kind.RESTRICTED, actor=actor, by=by, now=now)
    return True


@transaction.atomic
def lift(application: Application, *, by, now: dt.datetime) -> None:
    """Open a locked case again, such as for a dispute."""
    case = _locked(application)
    if not may_change(by, case.agency_id):
        raise ValidationError(_("You may not do this."))
    if case.restricted_at is None:
        raise ValidationError(_("This case is not locked."))
    Application.objects.filter(pk=case.pk).update(restricted_at=None)
    events.record(case, Kind.UNRESTRICTED, actor=Actor.ADMIN, by=by, now=now)


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("call", "rule_set", "agency").get(pk=application.pk)
