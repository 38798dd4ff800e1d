"""The approved plan as the annex of a decision: what was applied for, what is approved."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects import money
from projects.terms import CostKind, IncomeKind

CHANGED = "*"


def plan_annex(costs: Sequence[dict], income: Sequence[dict], *, award_cents: int) -> dict:
    """A table of costs and one of money; a line that was changed carries a mark and its note.

    Lines hold kind, description, applied_cents, approved_cents and perhaps note; all in cents.
    """
    needed = sum(line["approved_cents"] for line in costs)
    parts = [_costs(costs), _money(income, award_cents, needed)]
    if any(_is_changed(line) for line in costs):
        parts.append(
            {
                "kind": "note",
                "text": _("Lines with %(mark)s differ from your application.") % {"mark": CHANGED},
            }
        )
    return {"title": _("Annex: approved plan of costs and financing"), "parts": parts}


def _is_changed(line: dict) -> bool:
    return line["applied_cents"] != line["approved_cents"]


def _costs(lines: Sequence[dict]) -> dict:
    return {
        "kind": "figures",
        "columns": [
            {"label": _("Costs"), "amount": False, "wide": True},
            {"label": _("Applied for"), "amount": True},
            {"label": _("Recognised"), "amount": True},
        ],
        "rows": [_cost(line) for line in lines],
        "total": [
            _("Total"),
            money.shown(sum(line["applied_cents"] for line in lines)),
            money.shown(sum(line["approved_cents"] for line in lines)),
        ],
    }


def _cost(line: dict) -> list[str]:
    kind = str(CostKind(line["kind"]).label)
    named = f"{kind}: {line['description']}" if line["description"] else kind
    if line.get("note"):
        named = f"{named}\n{line['note']}"
    mark = f" {CHANGED}" if _is_changed(line) else ""
    return [named, money.shown(line["applied_cents"]), money.shown(line["approved_cents"]) + mark]


def _money(lines: Sequence[dict], award_cents: int, needed_cents: int) -> dict:
    rows = []
    for line in lines:
        kind = str(IncomeKind(line["kind"]).label)
        named = f"{kind}: {line['description']}" if line["description"] else kind
        rows.append([named, money.shown(line["approved_cents"])])
    other = sum(line["approved_cents"] for line in lines)
    missing = needed_cents - other - award_cents
    return {
        "kind": "figures",
        "columns": [
            {"label": _("Money"), "amount": False, "wide": True},
            {"label": _("Amount"), "amount": True},
        ],
        "rows": [*rows, *_rest(missing), [_("Grant, at most"), money.shown(award_cents)]],
        "total": [_("Total"), money.shown(award_cents + other + max(missing, 0))],
    }


def _rest(missing: int) -> list[list[str]]:
    """What the recipient has to find beside the money named, where less is granted than asked."""
    return [[_("Further money of your own"), money.shown(missing)]] if missing > 0 else []
