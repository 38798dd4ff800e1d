"""The cost plan and where the money comes from: whether both come to the same sum.

All amounts are cents. Costs = other money + requested grant, exactly; work and things that are
given stand outside the sums.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from projects import money
from projects.rules import Rules
from projects.sections import COSTS, FINANCING, BoundSection, Section
from projects.sections.plan import CostForm
from projects.terms import CostKind


@dataclass(frozen=True)
class Plan:
    """What the lines come to, as far as they are readable.

    `of_kind` sums the costs of each kind; `marked_cents` is what single lines ask from the grant,
    None where none does.
    """

    costs_cents: int = 0
    other_cents: int = 0
    requested_cents: int = 0
    marked_cents: int | None = None
    of_kind: dict[CostKind, int] = field(default_factory=dict)

    @property
    def gap_cents(self) -> int:
        """What is still missing to pay the costs; negative where there is too much money."""
        return self.costs_cents - self.other_cents - self.requested_cents

    @property
    def is_balanced(self) -> bool:
        return self.gap_cents == 0 and self.costs_cents > 0

    @property
    def in_words(self) -> str:
        """What is still missing, for people."""
        if not self.costs_cents:
            return _("There are no costs yet.")
        if self.gap_cents > 0:
            return _("%(amount)s are still missing.") % {"amount": money.shown(self.gap_cents)}
        if self.gap_cents < 0:
            return _("That is %(amount)s more than it costs.") % {
                "amount": money.shown(-self.gap_cents)
            }
        return _("Costs and money come to the same sum.")


def plan_of(costs: BoundSection, financing: BoundSection) -> Plan:
    """The sums of all lines that can be read; a line with a mistake counts as nothing."""
    of_kind: dict[CostKind, int] = {}
    total = 0
    marked = []
    for row in _readable(costs, COSTS.rows[0].name):
        total += row.total_cents
        if row.cleaned_data.get("kind"):
            kind = CostKind(row.cleaned_data["kind"])
            of_kind[kind] = of_kind.get(kind, 0) + row.total_cents
        marked.append(row.cleaned_data.get("requested"))
    other = sum(
        row.cleaned_data.get("amount") or 0 for row in _readable(financing, FINANCING.rows[0].name)
    )
    return Plan(
        costs_cents=total,
        other_cents=other,
        requested_cents=financing.values.get("requested_cents") or 0,
        marked_cents=sum(each or 0 for each in marked) if any(marked) else None,
        of_kind=of_kind,
    )


def _readable(section: BoundSection, name: str) -> Iterator[CostForm]:
    return (row for row in section.rows[name] if row.is_bound and row.is_valid())


def cost_lines(content: dict) -> list[dict]:
    """The lines of costs of a frozen version, in order: kind, description, applied_cents."""
    return [
        {
            "kind": line["kind"],
            "description": line.get("description", ""),
            "applied_cents": line["total_cents"],
        }
        for line in _frozen_rows(content, COSTS)
    ]


def income_lines(content: dict) -> list[dict]:
    """The lines of other money of a frozen version: kind, description, applied_cents."""
    return [
        {
            "kind": line["kind"],
            "description": line.get("description", ""),
            "applied_cents": line["amount"],
        }
        for line in _frozen_rows(content, FINANCING)
    ]


def _frozen_rows(content: dict, section: Section) -> list[dict]:
    values = next(
        (each["values"] for each in content["sections"] if each["slug"] == section.slug), {}
    )
    return values.get(section.rows[0].name, [])


def objections(plan: Plan, rules: Rules, measure_kind: str) -> list[str]:
    """What keeps this plan from being sent, in words; nothing where it is right."""
    found = []
    if not plan.is_balanced:
        found.append(plan.in_words)
    ceiling = rules.ceilings.get(measure_kind)
    if ceiling is not None and plan.requested_cents > ceiling:
        found.append(
            _("For this kind of project, the grant is %(amount)s at most.")
            % {"amount": money.shown(ceiling)}
        )
    if plan.requested_cents and plan.requested_cents < rules.minimum_cents:
        found.append(
            _("The smallest grant is %(amount)s.") % {"amount": money.shown(rules.minimum_cents)}
        )
    own = plan.costs_cents - plan.requested_cents
    if plan.costs_cents and own * 100 < plan.costs_cents * rules.own_share_percent:
        found.append(
            _("At least %(percent)s percent of the costs have to be paid from other money.")
            % {"percent": rules.own_share_percent}
        )
    if plan.marked_cents not in (None, plan.requested_cents):
        found.append(
            _("The lines ask for %(lines)s from the grant, but you apply for %(requested)s.")
            % {
                "lines": money.shown(plan.marked_cents),
                "requested": money.shown(plan.requested_cents),
            }
        )
    return found + list(_over_their_ceiling(plan, rules))


def _over_their_ceiling(plan: Plan, rules: Rules) -> Iterator[str]:
    """A kind of costs with a ceiling of its own must not take more than that from the grant."""
    for kind, cents in plan.of_kind.items():
        ceiling = rules.cost_ceilings.get(kind)
        free = plan.other_cents
        if ceiling is not None and cents - free > ceiling:
            yield _("“%(kind)s” counts up to %(amount)s; pay the rest from other money.") % {
                "kind": kind.label,
                "amount": money.shown(ceiling),
            }
