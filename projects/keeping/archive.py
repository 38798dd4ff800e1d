"""Offering cases to the county archive before they are erased, where the rules say so.

Source: the archive laws of the states; offices confirm whether it concerns them.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import events
from projects.actors import may_change
from projects.events import Kind
from projects.models import Application, ArchiveOffer
from projects.states import Actor

Answer = ArchiveOffer.Answer


def may_go(application: Application) -> bool:
    """Whether the archive has nothing against erasing a case, or is not asked."""
    if application.submitted_at is None or not application.rule_set.archive_first:
        return True
    offer = ArchiveOffer.objects.filter(application=application).first()
    return offer is not None and offer.answer != Answer.OPEN


def offer(application: Application, *, now: dt.datetime) -> bool:
    """Put a case that is due on the list for the archive; whether that was new."""
    made = ArchiveOffer.objects.get_or_create(
        application=application, defaults={"offered_at": now}
    )[1]
    if made:
        moment = {"actor": Actor.SYSTEM, "by": None, "now": now}
        events.record(application, Kind.ARCHIVE_OFFERED, **moment)
    return made


@transaction.atomic
def answer(application: Application, said: Answer, *, by, now: dt.datetime) -> None:
    """What the archive says: it releases the case, or has taken it over. Both let it go here.

    Raises ValidationError where nothing was offered, and for whoever may not enter it.
    """
    rows = Application.objects.select_for_update(of=("self",))
    application = rows.get(pk=application.pk)
    if not may_change(by, application.agency_id):
        raise ValidationError(_("You may not do this."))
    if said == Answer.OPEN:
        raise ValidationError(_("Choose what the archive has answered."))
    changed = ArchiveOffer.objects.filter(application=application, answer=Answer.OPEN).update(
        answer=said, answered_at=now, answered_by=by
    )
    if not changed:
        raise ValidationError(_("This case does not wait for the archive."))
    events.record(
        application,
        Kind.ARCHIVE_ANSWERED,
        actor=Actor.ADMIN,
        by=by,
        now=now,
        answer=str(said),
    )
