"""The rule set of a programme as everything reads it that asks, checks or shows.

One frozen `Rules` per version of a rule set, kept per data version: reading one costs the query
for the version.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal import data_version
from portal.data_version import PerVersion, Versions
from portal.texts import Text
from projects.models import CostCategory, Declaration, MeasureType, RuleSet
from projects.terms import (
    OPTIONAL_DECLARATIONS,
    ApplicantType,
    CostKind,
    DeclarationKey,
    FundingKind,
    MeasureKind,
    StartRule,
)


@dataclass(frozen=True)
class Rules:
    """A version of a rule set. Amounts are cents.

    `ceilings` holds the kinds of measures that are funded, each with its highest grant;
    `cost_ceilings` the kinds of costs that count, None for no ceiling of their own; `declarations`
    what applicants declare. All three are in the order of the form.
    """

    id: int
    version: int
    programme_id: int
    agency_id: int
    ceilings: Mapping[MeasureKind, int]
    cost_ceilings: Mapping[CostKind, int | None]
    applicant_types: frozenset[ApplicantType]
    partner_types: frozenset[ApplicantType]
    start_rule: StartRule
    minimum_cents: int
    own_share_percent: int
    answer_days: int
    proof_weeks: int
    funding_kind: FundingKind
    pays_after_finality: bool
    advance_months: int
    deviation_percent: int
    trifle_cents: int
    receipts_years: int
    declarations: Mapping[DeclarationKey, Text]

    @property
    def highest(self) -> int:
        """The highest grant of all kinds of measures, in cents; 0 where none is funded."""
        return max(self.ceilings.values(), default=0)

    @property
    def required_declarations(self) -> frozenset[DeclarationKey]:
        return frozenset(self.declarations) - OPTIONAL_DECLARATIONS


def rules_of(rule_set_id: int, *, versions: Versions | None = None) -> Rules:
    """The rules of the rule set with this id, as of `versions` (as read by `portal.data_version`).

    Raises KeyError where there is none.
    """
    return every_rule_set.at(versions or data_version.read())[rule_set_id]


def _build(versions: Versions) -> dict[int, Rules]:
    ceilings: dict[int, dict[MeasureKind, int]] = {}
    for measure in MeasureType.objects.order_by("pk"):
        ceilings.setdefault(measure.rule_set_id, {})[MeasureKind(measure.kind)] = (
            measure.ceiling_cents
        )
    costs: dict[int, dict[CostKind, int | None]] = {}
    for cost in CostCategory.objects.order_by("pk"):
        costs.setdefault(cost.rule_set_id, {})[CostKind(cost.kind)] = cost.ceiling_cents
    declarations = _declarations()
    return {
        row.pk: Rules(
            id=row.pk,
            version=row.version,
            programme_id=row.programme_id,
            agency_id=row.programme.agency_id,
            ceilings=ceilings.get(row.pk, {}),
            cost_ceilings=costs.get(row.pk, {}),
            applicant_types=frozenset(map(ApplicantType, row.applicant_types)),
            partner_types=frozenset(map(ApplicantType, row.partner_types)),
            start_rule=StartRule(row.start_rule),
            minimum_cents=row.minimum_cents,
            own_share_percent=row.own_share_percent,
            answer_days=row.answer_days,
            proof_weeks=row.proof_weeks,
            funding_kind=FundingKind(row.funding_kind),
            pays_after_finality=row.pays_after_finality,
            advance_months=row.advance_months,
            deviation_percent=row.deviation_percent,
            trifle_cents=row.trifle_cents,
            receipts_years=row.receipts_years,
            declarations=declarations.get(row.pk, {}),
        )
        for row in RuleSet.objects.select_related("programme")
    }


def _declarations() -> dict[int, dict[DeclarationKey, Text]]:
    """By rule set: the texts of each declaration, in the order of `DeclarationKey`."""
    written: dict[int, dict[str, dict[str, str]]] = {}
    for row in Declaration.objects.order_by("pk"):
        written.setdefault(row.rule_set_id, {}).setdefault(row.key, {})[row.language] = row.text
    return {
        rule_set: {key: Text(texts[key]) for key in DeclarationKey if key in texts}
        for rule_set, texts in written.items()
    }


every_rule_set = PerVersion(_build, "content")
