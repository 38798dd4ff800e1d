"""Doubts and corrections are closed, never deleted: who did it and when stays on record.

A doubt is closed by a decision: what we use is right (`confirm`), or the other value is
(`take_over`). `reopen` puts it back where it was.
"""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contacts.models import Agency, Correction, Doubt, Office, Post


@transaction.atomic
def close(rows: Iterable[Doubt | Correction], *, by, now: dt.datetime) -> int:
    """Close those of `rows` (all of one model) that are open; returns how many there were."""
    rows = list(rows)
    if not rows:
        return 0
    still_open = type(rows[0]).objects.filter(
        pk__in=[row.pk for row in rows], closed_at__isnull=True
    )
    return still_open.update(closed_at=now, closed_by=by)


def reopen(rows: Iterable[Doubt | Correction]) -> int:
    """Open those of `rows` (all of one model) that are closed; returns how many there were."""
    rows = list(rows)
    if not rows:
        return 0
    closed = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows], closed_at__isnull=False)
    return closed.update(closed_at=None, closed_by=None)


def confirm(doubt: Doubt, *, by, now: dt.datetime) -> bool:
    """The value used is right: nothing but the doubt changes. False if it was closed already."""
    return close([doubt], by=by, now=now) == 1


@transaction.atomic
def take_over(doubt: Doubt, *, by, now: dt.datetime) -> bool:
    """Write the other value into what the doubt is about, then close the doubt.

    Returns False if it was closed already. A `ValidationError` says why the value cannot be
    written; nothing has changed then.
    """
    doubt = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
    if doubt.closed_at is not None:
        return False
    about, field = subject_of(doubt), field_of(doubt)
    if field is None:
        raise ValidationError(_("This is not one field of a contact: correct it there by hand."))
    if not doubt.other_value:
        raise ValidationError(_("The source names no other value."))
    about = type(about).objects.select_for_update().get(pk=about.pk)
    if (str(getattr(about, field.name) or "")) not in (doubt.value_used, doubt.other_value):
        raise ValidationError(
            _("The value has been changed since the doubt was written: look at it first.")
        )
    setattr(about, field.name, doubt.other_value)
    about.full_clean()
    about.save()
    return close([doubt], by=by, now=now) == 1


def subject_of(doubt: Doubt) -> Post | Office | Agency | None:
    """The contact that a doubt is about; None where it is about places or rules."""
    if doubt.area_id or doubt.responsibility_id:
        return None
    return doubt.post or doubt.office or doubt.agency


def field_of(doubt: Doubt) -> models.Field | None:
    """The field of the contact that a doubt is about, where it is a plain one."""
    about = subject_of(doubt)
    try:
        field = about._meta.get_field(doubt.field) if about is not None else None
    except FieldDoesNotExist:
        return None
    is_plain = isinstance(field, models.Field) and not field.is_relation and field.editable
    return field if is_plain and field.name not in KEPT else None


KEPT = frozenset({"id", "slug", "state", "started_on", "ended_on"})  # see the administration
