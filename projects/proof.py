"""What a proof of use comes to: plan and actual figures, and how much of the grant was needed.

All amounts are cents. What was spent on a line is the sum of its receipts, refunds taken off.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from projects.models import Grant, PlanLine, Receipt
from projects.rules import Rules, rules_of
from projects.terms import FundingKind

Side = PlanLine.Side


@dataclass(frozen=True)
class LineUse:
    """A line of the plan: `planned` as approved, `actual` as the receipts say."""

    line: PlanLine
    planned: int
    actual: int

    @property
    def difference(self) -> int:
        """Actual minus planned."""
        return self.actual - self.planned

    def differs_by_more_than(self, percent: int) -> bool:
        """Whether the actual sum lies further from the plan than so many percent of it."""
        return abs(self.difference) * 100 > self.planned * percent


@dataclass(frozen=True)
class Use:
    """Plan and actual figures of a whole grant."""

    costs: tuple[LineUse, ...]
    income: tuple[LineUse, ...]
    award: int

    @property
    def spent(self) -> int:
        return sum(line.actual for line in self.costs)

    @property
    def other(self) -> int:
        """Other money that came in."""
        return sum(line.actual for line in self.income)

    @property
    def gap(self) -> int:
        """What the grant has to cover: costs minus other money; may lie below nothing."""
        return self.spent - self.other

    @property
    def is_overdrawn(self) -> bool:
        """More was spent than came in, the whole grant included: some income is missing."""
        return self.gap > self.award

    def unexplained(self, percent: int) -> list[LineUse]:
        """The lines whose difference has to be explained."""
        return [line for line in self.costs if line.differs_by_more_than(percent)]


def use_of(grant: Grant) -> Use:
    """The figures of `grant`, from its plan and its receipts as they are now."""
    actual: dict[int, int] = defaultdict(int)
    for line_id, kind, cents in grant.receipts.values_list("line", "kind", "amount_cents"):
        actual[line_id] += -cents if kind == Receipt.Kind.REFUND else cents
    lines = [
        LineUse(line, line.approved_cents, actual[line.pk])
        for line in grant.lines.order_by("side", "position")
    ]
    return Use(
        costs=tuple(each for each in lines if each.line.side == Side.COSTS),
        income=tuple(each for each in lines if each.line.side == Side.INCOME),
        award=grant.award_cents,
    )


def needed_cents(grant: Grant, *, recognised: int, income: int) -> int:
    """How much of the award recognised costs and other money leave to be covered.

    Gap funding covers what is missing; a share keeps the ratio of award and recognised costs in
    the decision (half a cent up); a fixed amount stays, unless less was spent than that.
    """
    rules = rules_of(grant.application.rule_set_id)
    if rules.funding_kind == FundingKind.FIXED:
        wanted = recognised
    elif rules.funding_kind == FundingKind.SHARE:
        wanted = (2 * recognised * grant.award_cents + grant.recognised_cents) // (
            2 * grant.recognised_cents
        )
    else:
        wanted = recognised - income
    return max(0, min(grant.award_cents, wanted))


@dataclass(frozen=True)
class Result:
    """How a check ends: recognised costs, other money, the grant needed, and what was too much."""

    recognised: int
    income: int
    need: int
    paid: int
    is_cut: bool

    @property
    def unspent(self) -> int:
        """What was paid beyond the need."""
        return max(0, self.paid - self.need)

    @property
    def unpaid(self) -> int:
        """What is needed and was never paid."""
        return max(0, self.need - self.paid)


def result_of(grant: Grant, recognised: Mapping[int, int], *, paid: int) -> Result:
    """The result where `recognised` says how much of each line of costs counts, by position."""
    use = use_of(grant)
    counted = {each.line.position: each.actual for each in use.costs} | dict(recognised)
    total = max(0, sum(counted.values()))
    return Result(
        recognised=total,
        income=max(0, use.other),
        need=needed_cents(grant, recognised=total, income=max(0, use.other)),
        paid=paid,
        is_cut=any(counted[each.line.position] < each.actual for each in use.costs),
    )


def doubles(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Receipts that look like one before them: same day, same payee, same amount."""
    seen, found = set(), []
    for receipt in receipts:
        key = (receipt.paid_on, receipt.payee.casefold(), receipt.amount_cents, receipt.kind)
        if key in seen:
            found.append(receipt)
        seen.add(key)
    return found


def rules_for(grant: Grant) -> Rules:
    return rules_of(grant.application.rule_set_id)
