"""The report for the county council: what was applied for, granted and paid in a budget year."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.gazetteer import Gazetteer
from contacts.models import Agency
from portal import clock, pdf
from projects import money, statistics
from projects.answers import OFFICIAL
from projects.budget import Sums, sums_of
from projects.models import Application, Budget, FundedProject
from projects.statistics import By


def render(agency: Agency, year: int, *, gazetteer: Gazetteer, now: dt.datetime) -> bytes:
    """The report of `agency` for the budget year, in German, as PDF/UA-1. It names no person."""
    rows = Application.objects.filter(agency=agency, call__budget_year=year)
    with override(OFFICIAL):
        data = {
            "agency": {"name": str(agency), "lines": []},
            "facts": [[_("As of"), date_format(clock.today(now), "DATE_FORMAT")]],
            "reference": f"{agency} {year}",
            "intro": [_summary(rows, gazetteer)],
            "sections": [
                {"title": _("Budgets"), "parts": _money(agency, year)},
                *(
                    {"title": str(statistics.LABELS[by]), "parts": [_table(rows, by, gazetteer)]}
                    for by in By
                ),
                {"title": _("Funded projects"), "parts": _projects(agency, year)},
            ],
        }
        title = _("Report on grants %(year)d") % {"year": year}
        return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _summary(rows: QuerySet, gazetteer: Gazetteer) -> str:
    whole = statistics.total(statistics.numbers(rows, By.CALL, gazetteer=gazetteer))
    return _(
        "%(received)d applications came in over %(requested)s. %(granted)d were granted, over "
        "%(award)s; %(paid)s have been paid so far."
    ) % {
        "received": whole.received,
        "requested": money.shown(whole.requested_cents),
        "granted": whole.granted,
        "award": money.shown(whole.granted_cents),
        "paid": money.shown(whole.paid_cents),
    }


def _table(rows: QuerySet, by: By, gazetteer: Gazetteer) -> dict:
    lines = statistics.numbers(rows, by, gazetteer=gazetteer)
    head = statistics.header(by)
    shown = (0, 1, 3, 4, 6, 7, 8)  # all but "open" and "withdrawn": a page is narrow
    return {
        "kind": "figures",
        "columns": [
            {"label": head[number], "amount": number > 0, "wide": number == 0} for number in shown
        ],
        "rows": [[line.cells[number] for number in shown] for line in lines],
        "total": [statistics.total(lines).cells[number] for number in shown],
    }


def _money(agency: Agency, year: int) -> list[dict]:
    budgets = Budget.objects.filter(programme__agency=agency, year=year)
    rows = [[str(pot.programme), *_amounts(sums_of(pot))] for pot in budgets]
    if not rows:
        return [{"kind": "note", "text": _("There is no budget for this year.")}]
    names = [_("Programme"), _("Allocated"), _("Released"), _("Committed"), _("Paid"), _("Free")]
    columns = [
        {"label": name, "amount": number > 0, "wide": number == 0}
        for number, name in enumerate(names)
    ]
    return [{"kind": "figures", "columns": columns, "rows": rows}]


def _amounts(sums: Sums) -> list[str]:
    found = (sums.allocated, sums.released, sums.committed, sums.paid, sums.free)
    return [money.shown(cents) for cents in found]


def _projects(agency: Agency, year: int) -> list[dict]:
    projects = FundedProject.objects.filter(agency=agency, year=year).select_related("area")
    if not projects:
        return [{"kind": "note", "text": _("No decision is final yet.")}]
    columns = [
        {"label": _("Project"), "amount": False, "wide": True},
        {"label": _("Place"), "amount": False},
        {"label": _("Recipient"), "amount": False},
        {"label": _("Amount"), "amount": True},
    ]
    rows = [
        [
            row.title,
            row.area.name if row.area else "",
            row.recipient or _("Private person"),
            money.shown(row.amount_cents),
        ]
        for row in projects
    ]
    return [{"kind": "figures", "columns": columns, "rows": rows}]
