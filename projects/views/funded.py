"""The public register of funded projects: list, map and totals, and the same as data."""

import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts.map import geometries
from contacts.snapshot import Snapshot, current
from portal import sheets
from portal.exports import streamed
from portal.public import public_page
from projects import funded, money
from projects.funded_filters import FundedFilter
from projects.models import FundedProject

PAGE = 50
CHUNK = 500


@public_page
def projects(request: HttpRequest) -> HttpResponse:
    """Funded projects as filtered, the newest year first; the filters are in the address."""
    snapshot = current(request.versions)
    filters = FundedFilter(request.GET, snapshot=snapshot)
    rows = filters.qs
    page = Paginator(rows, PAGE).get_page(request.GET.get("seite"))
    towns = funded.by_town(rows, snapshot.gazetteer)
    years = funded.by_year(rows)
    query = request.GET.copy()
    query.pop("seite", None)
    return render(
        request,
        "projects/funding/funded.html",
        {
            "filters": filters,
            "page": page,
            "lines": [(row, funded.town_of(row.area_id, snapshot.gazetteer)) for row in page],
            "years": years,
            "towns": towns,
            "sum": sum(total.cents for total in years),
            "map": funded.draw(towns, snapshot.gazetteer, geometries.at(request.versions)),
            "query": query.urlencode(),
        },
    )


@public_page
def as_csv(request: HttpRequest) -> HttpResponse:
    """The register as filtered, as CSV; however long, line by line."""
    snapshot = current(request.versions)
    rows = FundedFilter(request.GET, snapshot=snapshot).qs
    header = [_("Year"), _("Title"), _("Summary"), _("Town"), _("Kind of project"), _("Recipient")]
    header += [_("Grant in euros"), _("Granted"), _("Agency")]
    lines = (
        [
            str(row.year),
            row.title,
            row.summary,
            _town(row, snapshot),
            row.get_measure_kind_display(),
            row.recipient or _("Private person"),
            money.typed(row.amount_cents),
            row.granted_on.isoformat(),
            _agency(row, snapshot),
        ]
        for row in rows.iterator(chunk_size=CHUNK)
    )
    return streamed(sheets.csv_pieces(header, lines), name="gefoerderte-projekte")


@public_page
def as_json(request: HttpRequest) -> HttpResponse:
    """The register as filtered, as one JSON list; amounts in cents, days as YYYY-MM-DD."""
    snapshot = current(request.versions)
    rows = FundedFilter(request.GET, snapshot=snapshot).qs
    return StreamingHttpResponse(_json_pieces(rows, snapshot), content_type="application/json")


def _json_pieces(rows, snapshot: Snapshot) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK)):
        place = funded.town_of(row.area_id, snapshot.gazetteer)
        each = {
            "year": row.year,
            "title": row.title,
            "summary": row.summary,
            "town": place.name if place else None,
            "town_key": place.key if place else None,
            "measure": row.measure_kind,
            "recipient": row.recipient or None,
            "recipient_is_private": not row.recipient,
            "amount_cents": row.amount_cents,
            "granted_on": row.granted_on.isoformat(),
            "agency": _agency(row, snapshot),
        }
        yield (",\n" if number else "\n") + json.dumps(each, ensure_ascii=False)
    yield "\n]\n"


def _town(row: FundedProject, snapshot: Snapshot) -> str:
    place = funded.town_of(row.area_id, snapshot.gazetteer)
    return place.name if place else ""


def _agency(row: FundedProject, snapshot: Snapshot) -> str:
    return str(snapshot.agencies[row.agency_id].name)
