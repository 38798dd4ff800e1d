"""Whether there is money: the ledger of a budget, and its only writer.

All amounts are cents. Free = released − blocked − commitments + decommitments, each with its
corrections. A writer locks the budget, sums the ledger again, and adds one numbered row with what
is free afterwards; the database refuses a commitment below nothing. Lowering what is released is
always taken down, and may leave less than nothing free: then nothing more is committed.

What a case books is called by the verbs that move it (`projects.workflow`), within their
transaction and after the case has been locked: cases first, then budgets.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _

from projects import money
from projects.actors import may_change
from projects.models import Application, Budget, Call, LedgerEntry, Programme

Kind = LedgerEntry.Kind
BY_HAND = (Kind.ALLOCATION, Kind.RELEASE, Kind.BLOCK)  # what the agency itself books
EFFECTIVE = frozenset(Kind) - {Kind.CORRECTION}  # a correction does what it corrects
TAKES_BACK = {Kind.DECOMMITMENT: Kind.COMMITMENT, Kind.REPAYMENT: Kind.PAYOUT}


class NoMoneyError(ValidationError):
    """There is less free money than was to be committed; the message says how much."""


@dataclass(frozen=True)
class Sums:
    """Where a budget stands, in cents. `reserved` is what is proposed; it blocks nothing."""

    allocated: int = 0
    released: int = 0
    blocked: int = 0
    reserved: int = 0
    committed: int = 0
    paid: int = 0

    @property
    def free(self) -> int:
        """What can still be committed; below nothing where too much is committed already."""
        return self.released - self.blocked - self.committed

    @property
    def open(self) -> int:
        """What is committed and not paid yet."""
        return self.committed - self.paid


NAMES = {
    Kind.ALLOCATION: "allocated",
    Kind.RELEASE: "released",
    Kind.BLOCK: "blocked",
    Kind.RESERVATION: "reserved",
    Kind.COMMITMENT: "committed",
    Kind.PAYOUT: "paid",
}


# Reading ------------------------------------------------------------------------------------------


def sums_of(budget: Budget) -> Sums:
    """The sums of the whole ledger of `budget`."""
    rows = budget.entries.order_by().values_list("kind", "corrects").annotate(Sum("cents"))
    found = dict.fromkeys(NAMES.values(), 0)
    for kind, corrects, cents in rows:
        name, sign = effect_of(corrects or kind)
        found[name] += sign * cents
    return Sums(**found)


def with_sums(rows: QuerySet) -> QuerySet:
    """`rows` of budgets, each with what `sums_of_row` reads, in the same query."""
    return rows.annotate(**{f"sum_{name}": _sum_of(name) for name in NAMES.values()})


def sums_of_row(row: Budget) -> Sums:
    """The sums of a row that came from `with_sums`."""
    return Sums(**{name: getattr(row, f"sum_{name}") for name in NAMES.values()})


def _sum_of(name: str) -> Sum:
    def cents_of(sign: int) -> Q:
        kinds = [kind for kind in EFFECTIVE if effect_of(kind) == (name, sign)]
        return Q(entries__kind__in=kinds) | Q(entries__corrects__in=kinds)

    return Sum(
        Case(
            When(cents_of(1), then=F("entries__cents")),
            When(cents_of(-1), then=-F("entries__cents")),
            default=0,
        ),
        default=0,
    )


def effect_of(kind: str) -> tuple[str, int]:
    """Which of `Sums` an entry of this kind changes, and in which direction."""
    if kind in TAKES_BACK:
        return NAMES[TAKES_BACK[Kind(kind)]], -1
    return NAMES[Kind(kind)], 1


def change_of_free(kind: str, cents: int) -> int:
    """By how much an entry of this kind over `cents` changes the free money."""
    name, sign = effect_of(kind)
    return {"released": 1, "blocked": -1, "committed": -1}.get(name, 0) * sign * cents


def budget_of(call: Call) -> Budget | None:
    """The budget from which `call` is paid: that of its programme in its year."""
    return Budget.objects.filter(
        programme=call.rule_set.programme_id, year=call.budget_year
    ).first()


def not_enough(free: int, wanted: int) -> str:
    """That there is less money than is needed, with both amounts."""
    return _("There is not enough money: %(free)s are free, %(wanted)s are needed.") % {
        "free": money.shown(free),
        "wanted": money.shown(wanted),
    }


def is_exhausted(sums: Sums, smallest_ceiling: int) -> bool:
    """Whether the free money is below the smallest highest grant (`smallest_ceiling`, cents)."""
    return sums.free < smallest_ceiling


# Writing ------------------------------------------------------------------------------------------


def locked(budget: Budget) -> Budget:
    """`budget`, which nobody else books on before this transaction ends."""
    return Budget.objects.select_for_update(of=("self",)).get(pk=budget.pk)


def book(
    budget: Budget,
    kind: Kind,
    cents: int,
    *,
    by,
    now: dt.datetime,
    application: Application | None = None,
    note: str = "",
    corrects: Kind | str = "",
    takes_back: LedgerEntry | None = None,
) -> LedgerEntry:
    """Add one entry to the ledger. Locks the budget; the caller's transaction decides.

    Raises NoMoneyError for a commitment above the free money. `by` is None for the clock.
    """
    budget = locked(budget)
    free = sums_of(budget).free
    after = free + change_of_free(corrects or kind, cents)
    if kind == Kind.COMMITMENT and after < 0:
        raise NoMoneyError(not_enough(free, cents))
    last = budget.entries.order_by("-number").first()
    return LedgerEntry.objects.create(
        budget=budget,
        number=last.number + 1 if last else 1,
        kind=kind,
        corrects=corrects,
        takes_back=takes_back,
        cents=cents,
        free_after=after,
        application=application,
        reference=application.reference if application else "",
        note=note,
        booked_at=now,
        booked_by=by,
    )


# What the agency does -----------------------------------------------------------------------------


@transaction.atomic
def open_budget(programme: Programme, year: int, *, by) -> Budget:
    """The budget of `programme` for `year`, made where there is none."""
    _refuse_strangers(programme, by=by)
    return Budget.objects.get_or_create(programme=programme, year=year)[0]


@transaction.atomic
def enter(
    budget: Budget, kind: Kind, cents: int, *, note: str, by, now: dt.datetime
) -> LedgerEntry:
    """Allocate, release or block money; below zero it is lowered. A reason is asked for.

    Raises PermissionDenied, and ValidationError where the sum would fall below nothing.
    """
    _refuse_strangers(budget.programme, by=by)
    if kind not in BY_HAND:
        raise ValidationError(_("Choose what is to be booked."))
    if not cents:
        raise ValidationError(_("Enter an amount other than 0."))
    if not note.strip():
        raise ValidationError(_("Say why."))
    budget = locked(budget)
    if getattr(sums_of(budget), NAMES[kind]) + cents < 0:
        raise ValidationError(_("This is more than there is to be lowered."))
    return book(budget, kind, cents, by=by, now=now, note=note.strip())


@transaction.atomic
def correct(entry: LedgerEntry, *, note: str, by, now: dt.datetime) -> LedgerEntry:
    """Take back an entry that was typed wrong, by one in the other direction; once."""
    _refuse_strangers(entry.budget.programme, by=by)
    if entry.kind not in BY_HAND:
        raise ValidationError(_("Only what was entered by hand is corrected here."))
    if not note.strip():
        raise ValidationError(_("Say why."))
    budget = locked(entry.budget)
    if LedgerEntry.objects.filter(takes_back=entry).exists():
        raise ValidationError(_("It has been booked back already."))
    if getattr(sums_of(budget), NAMES[Kind(entry.kind)]) - entry.cents < 0:
        raise ValidationError(_("This is more than there is to be lowered."))
    return book(
        budget,
        Kind.CORRECTION,
        -entry.cents,
        by=by,
        now=now,
        note=_("No. %(number)d: %(note)s") % {"number": entry.number, "note": note.strip()},
        corrects=entry.kind,
        takes_back=entry,
    )


def _refuse_strangers(programme: Programme, *, by) -> None:
    if not may_change(by, programme.agency_id):
        raise PermissionDenied
