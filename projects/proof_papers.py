"""What a proof of use says when it is sent: what is missing, the frozen content, its document."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock, pdf
from projects import money
from projects.answers import FORMAT, OFFICIAL, Problem, frozen_section
from projects.documents import section_of
from projects.models import Grant, Proof, Receipt
from projects.proof import LineUse, Use, doubles, rules_for, use_of
from projects.report import REPORT
from projects.sections import Basis, BoundSection
from projects.terms import CostKind, IncomeKind

RECEIPTS = "belege"  # the other part of a proof of use, as a slug


def report_of(proof: Proof, *, is_final: bool = False) -> BoundSection:
    """The report as it was typed so far."""
    application = proof.grant.application
    basis = Basis(
        rules=rules_for(proof.grant),
        applicant_type=application.applicant_type,
        measure_kind=application.measure_kind,
    )
    return BoundSection(REPORT, proof.answers, basis=basis, is_final=is_final)


def problems_of(proof: Proof) -> list[Problem]:
    """What keeps the proof of use from being sent; nothing when it can be."""
    bound = report_of(proof, is_final=True)
    found = [Problem(REPORT.slug, target, text) for target, text in bound.summary]
    use = use_of(proof.grant)
    percent = rules_for(proof.grant).deviation_percent
    if use.unexplained(percent) and not bound.values.get("deviations"):
        found.append(
            Problem(
                REPORT.slug,
                bound.form["deviations"].id_for_label,
                _(
                    "A line of the plan differs by more than %(percent)d percent. Say in the "
                    "report what went otherwise than planned."
                )
                % {"percent": percent},
            )
        )
    return found + [Problem(RECEIPTS, "", text) for text in _of_the_figures(proof.grant, use)]


def _of_the_figures(grant: Grant, use: Use) -> list[str]:
    if not use.spent:
        return [_("Enter at least one receipt.")]
    if use.is_overdrawn:
        missing = money.shown(use.gap - use.award)
        return [
            _(
                "You have spent %(amount)s more than came in, the whole grant included. Enter "
                "where this money came from, also your own."
            )
            % {"amount": missing}
        ]
    return []


def warnings_of(grant: Grant) -> list[str]:
    """What a checker should look at; none of it keeps anything from being sent."""
    receipts = list(grant.receipts.all())
    found = [
        _("No. %(number)d looks like one before it: same day, payee and amount.")
        % {"number": receipt.number}
        for receipt in doubles(receipts)
    ]
    found += [
        _("No. %(number)d was paid outside the days of the project.") % {"number": row.number}
        for row in receipts
        if not grant.starts_on <= row.paid_on <= grant.proof_due_on
    ]
    return found


# The frozen content -------------------------------------------------------------------------------


def content_of(proof: Proof) -> dict:
    """What a version keeps. Two versions of the same proof of use are equal."""
    grant = proof.grant
    language = grant.application.language
    languages = list(dict.fromkeys((OFFICIAL, language)))
    use = use_of(grant)
    return {
        "format": FORMAT,
        "languages": languages,
        "typed": proof.answers,
        "report": frozen_section(report_of(proof), languages),
        "costs": [_line(each) for each in use.costs],
        "income": [_line(each) for each in use.income],
        "award_cents": grant.award_cents,
        "receipts": [_receipt(row) for row in _in_order(grant)],
        "lists": sorted(str(row.uuid) for row in proof.lists.all()),
    }


def _in_order(grant: Grant):
    rows = grant.receipts.select_related("line", "file")
    return rows.order_by("line__side", "paid_on", "number")


def _line(each: LineUse) -> dict:
    return {
        "position": each.line.position,
        "kind": each.line.kind,
        "description": each.line.description,
        "planned_cents": each.planned,
        "actual_cents": each.actual,
    }


def _receipt(row: Receipt) -> dict:
    return {
        "number": row.number,
        "side": row.line.side,
        "line": row.line.position,
        "kind": row.kind,
        "paid_on": row.paid_on.isoformat(),
        "invoiced_on": row.invoiced_on.isoformat() if row.invoiced_on else None,
        "payee": row.payee,
        "purpose": row.purpose,
        "cents": row.amount_cents,
        "file": str(row.file.uuid) if row.file else None,
    }


# The document -------------------------------------------------------------------------------------


def render(content: dict, *, reference: str, language: str, now: dt.datetime) -> bytes:
    """The proof of use as PDF/UA-1: report, plan and actual figures, list of receipts."""
    with override(OFFICIAL):
        data = {
            "facts": [
                [_("Number"), reference],
                [_("Received"), date_format(clock.local(now), "DATETIME_FORMAT")],
            ],
            "reference": reference,
            "sections": [
                section_of(content["report"], language),
                {"title": _("Plan and actual figures"), "parts": _figures(content)},
                {"title": _("List of receipts"), "parts": [_receipts(content)]},
            ],
        }
        title = _("Proof of use %(number)s") % {"number": reference}
        return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _figures(content: dict) -> list[dict]:
    return [
        _compared(_("Costs"), content["costs"], CostKind),
        _compared(_("Money"), content["income"], IncomeKind),
    ]


def _compared(title: str, lines: list[dict], kinds) -> dict:
    rows = [
        [
            ": ".join(filter(None, [str(kinds(line["kind"]).label), line["description"]])),
            money.shown(line["planned_cents"]),
            money.shown(line["actual_cents"]),
            money.shown(line["actual_cents"] - line["planned_cents"]),
        ]
        for line in lines
    ]
    planned = sum(line["planned_cents"] for line in lines)
    actual = sum(line["actual_cents"] for line in lines)
    return {
        "kind": "figures",
        "columns": [
            {"label": title, "amount": False, "wide": True},
            {"label": _("Planned"), "amount": True},
            {"label": _("Actual"), "amount": True},
            {"label": _("Difference"), "amount": True},
        ],
        "rows": rows,
        "total": [
            _("Total"),
            money.shown(planned),
            money.shown(actual),
            money.shown(actual - planned),
        ],
    }


def _receipts(content: dict) -> dict:
    rows = [
        [
            str(row["number"]),
            date_format(dt.date.fromisoformat(row["paid_on"]), "SHORT_DATE_FORMAT"),
            row["payee"],
            row["purpose"],
            money.shown(-row["cents"] if row["kind"] == Receipt.Kind.REFUND else row["cents"]),
        ]
        for row in content["receipts"]
    ]
    return {
        "kind": "figures",
        "columns": [
            {"label": _("No."), "amount": False},
            {"label": _("Day"), "amount": False},
            {"label": _("To or from whom"), "amount": False},
            {"label": _("What for"), "amount": False, "wide": True},
            {"label": _("Amount"), "amount": True},
        ],
        "rows": rows,
    }
