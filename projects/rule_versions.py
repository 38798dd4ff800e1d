"""Rule sets are changed as a whole: in place while nobody relies on one, else as the next version.

What the form of the administration holds is a `RuleContent`; `save` compares it with what is stored
under lock and decides. A version that a call or an application names is never changed.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.actors import may_change
from projects.models import CostCategory, Declaration, MeasureType, Programme, RuleSet
from projects.terms import CostKind, DeclarationKey, MeasureKind

FIELDS = (
    "applicant_types",
    "partner_types",
    "start_rule",
    "minimum_cents",
    "own_share_percent",
    "answer_days",
    "proof_weeks",
    "funding_kind",
    "pays_after_finality",
    "advance_months",
    "deviation_percent",
    "trifle_cents",
    "receipts_years",
    "keep_refused_years",
    "keep_grants_years",
    "archive_first",
    "authority",
    "repayment_account",
)


@dataclass(frozen=True)
class RuleContent:
    """All that a version says. `fields` holds the columns `FIELDS`; amounts are cents.

    `declarations` are texts by key and language; what has no text is not asked for.
    """

    fields: Mapping[str, Any]
    ceilings: Mapping[str, int]
    cost_ceilings: Mapping[str, int | None]
    declarations: Mapping[tuple[str, str], str]


def content_of(rule_set: RuleSet) -> RuleContent:
    """What `rule_set` says now."""
    return RuleContent(
        fields={name: getattr(rule_set, name) for name in FIELDS},
        ceilings={row.kind: row.ceiling_cents for row in rule_set.measure_types.all()},
        cost_ceilings={row.kind: row.ceiling_cents for row in rule_set.cost_categories.all()},
        declarations={(row.key, row.language): row.text for row in rule_set.declarations.all()},
    )


def is_used(rule_set: RuleSet) -> bool:
    """Whether a call or an application names this version, so that it stays as it is."""
    return rule_set.calls.exists() or rule_set.applications.exists()


@transaction.atomic
def create(
    programme: Programme, content: RuleContent, *, by, now: dt.datetime, note: str = ""
) -> RuleSet:
    """Make the next version of the programme's rules, the first one included."""
    _lock(programme, by=by)
    newest = newest_of(programme)
    version = newest.version + 1 if newest else 1
    return insert(programme, version, content, by=by, now=now, note=note)


def insert(
    programme: Programme, version: int, content: RuleContent, *, by, now: dt.datetime, note: str
) -> RuleSet:
    """Write a version that does not exist yet. Nobody is asked who may: the loader of files."""
    rule_set = RuleSet.objects.create(
        programme=programme,
        version=version,
        note=note,
        created_at=now,
        created_by=by,
        **content.fields,
    )
    _write_parts(rule_set, content)
    return rule_set


@transaction.atomic
def save(
    rule_set: RuleSet, content: RuleContent, *, by, now: dt.datetime, note: str = ""
) -> RuleSet:
    """Write `content` into `rule_set`, or into the next version where this one is in use.

    Returns the version that says so now: the same one where nothing has changed. Raises
    ValidationError for a version that is not the newest: it would undo what came after it.
    """
    _lock(rule_set.programme, by=by)
    stored = RuleSet.objects.select_related("programme").get(pk=rule_set.pk)
    newest = newest_of(stored.programme)
    if newest is not None and newest.pk != stored.pk:
        raise ValidationError(
            _("There is a newer version meanwhile, number %(version)d. Please change that one.")
            % {"version": newest.version}
        )
    if content == content_of(stored):
        if note != stored.note:  # it is about the version, and no part of it
            stored.note = note
            stored.save(update_fields=["note"])
        return stored
    if is_used(stored):
        return create(
            stored.programme, content, by=by, now=now, note="" if note == stored.note else note
        )
    stored.note = note
    for name, value in content.fields.items():
        setattr(stored, name, value)
    stored.save()
    for parts in (stored.measure_types, stored.cost_categories, stored.declarations):
        parts.all().delete()
    _write_parts(stored, content)
    return stored


def newest_of(programme: Programme) -> RuleSet | None:
    return programme.rule_sets.order_by("-version").first()


def _lock(programme: Programme, *, by) -> None:
    """Let nobody else change rules of `programme` until we are through; `by` has to be allowed."""
    if not may_change(by, programme.agency_id):
        raise PermissionDenied
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)


def _write_parts(rule_set: RuleSet, content: RuleContent) -> None:
    """The rows of a rule set, in the order of the terms: the order of the applicant's form."""
    MeasureType.objects.bulk_create(
        MeasureType(rule_set=rule_set, kind=kind, ceiling_cents=content.ceilings[kind])
        for kind in MeasureKind
        if kind in content.ceilings
    )
    CostCategory.objects.bulk_create(
        CostCategory(rule_set=rule_set, kind=kind, ceiling_cents=content.cost_ceilings[kind])
        for kind in CostKind
        if kind in content.cost_ceilings
    )
    languages = sorted({language for _key, language in content.declarations})
    Declaration.objects.bulk_create(
        Declaration(rule_set=rule_set, key=key, language=language, text=text)
        for key in DeclarationKey
        for language in languages
        if (text := content.declarations.get((key, language)))
    )
