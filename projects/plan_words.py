"""Lines of an approved plan, and changes of it, in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects import money
from projects.models import Amendment, PlanLine
from projects.terms import CostKind, IncomeKind


def name_of(line: PlanLine) -> str:
    """A line of the plan for people: what it is, and what for."""
    kinds = CostKind if line.side == PlanLine.Side.COSTS else IncomeKind
    kind = str(kinds(line.kind).label) if line.kind in kinds.values else line.kind
    return f"{kind}: {line.description}" if line.description else kind


def differences(asked: Amendment) -> list[tuple[str, str, str]]:
    """What `asked` changes, as (what, before, after), for people; as the grant stands now."""
    grant = asked.grant
    found = []
    for name, label in (("starts_on", _("First day")), ("ends_on", _("Last day"))):
        day = getattr(asked, name)
        if day:
            before = date_format(getattr(grant, name), "SHORT_DATE_FORMAT")
            found.append((label, before, date_format(day, "SHORT_DATE_FORMAT")))
    for line in grant.lines.filter(side=PlanLine.Side.COSTS).order_by("position"):
        cents = asked.lines.get(str(line.position))
        if cents is not None:
            found.append((name_of(line), money.shown(line.approved_cents), money.shown(cents)))
    if asked.award_cents is not None:
        found.append((_("Grant"), money.shown(grant.award_cents), money.shown(asked.award_cents)))
    return found
