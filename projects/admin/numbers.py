"""Statistics of applications in the administration, their export, and the council's report."""

from io import BytesIO

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Agency
from contacts.roles import agencies_of
from contacts.snapshot import current
from portal import clock, data_version, sheets
from portal.exports import attachment
from portal.files import as_attachment
from projects import council_report, statistics
from projects.models import Application
from projects.models.scoping import WHOLE_AGENCY
from projects.statistics import By


class NumbersForm(forms.Form):
    """By what is counted, and which applications."""

    by = forms.ChoiceField(
        label=gettext_lazy("By"), choices=[(by, statistics.LABELS[by]) for by in By], required=False
    )
    year = forms.ChoiceField(label=gettext_lazy("Budget year"), required=False)

    def __init__(self, *args, years: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(year), str(year)) for year in years]
        self.fields["year"].choices = [("", gettext_lazy("All years")), *choices]

    @property
    def asked(self) -> tuple[By, int | None]:
        """What cannot be read counts as not asked."""
        self.is_valid()
        values = self.cleaned_data
        return By(values.get("by") or By.CALL), int(values["year"]) if values.get("year") else None


def _form(page, request: HttpRequest) -> tuple[NumbersForm, list[int]]:
    years = page.get_queryset(request).order_by().values_list("call__budget_year", flat=True)
    found = sorted(set(years.distinct()), reverse=True)
    return NumbersForm(request.GET or None, years=found), found


def _lines(page, request: HttpRequest, form: NumbersForm) -> tuple[By, list[statistics.Numbers]]:
    by, year = form.asked if form.is_bound else (By.CALL, None)
    seen = page.get_queryset(request).values("pk")
    rows = Application.objects.filter(pk__in=seen)
    if year is not None:
        rows = rows.filter(call__budget_year=year)
    gazetteer = current(data_version.read()).gazetteer
    return by, statistics.numbers(rows, by, gazetteer=gazetteer)


def show(page, request: HttpRequest) -> HttpResponse:
    """Numbers as table and picture; of the cases that the user sees."""
    if not page.may_look(request):
        raise PermissionDenied
    form, years = _form(page, request)
    by, lines = _lines(page, request, form)
    context = {
        "title": _("Numbers"),
        "form": form,
        "header": statistics.header(by),
        "lines": lines,
        "total": statistics.total(lines),
        "chart": statistics.picture(lines) if lines else None,
        "query": request.GET.urlencode(),
        "years": years if agencies_of(request.user, WHOLE_AGENCY) else [],
    }
    return page.page(request, "admin/projects/application/numbers.html", context)


def export(page, request: HttpRequest, file_format: str) -> HttpResponse:
    """The table as it is filtered, as CSV or XLSX."""
    if file_format not in sheets.FORMATS:
        raise Http404
    if not page.may_look(request):
        raise PermissionDenied
    form, _years = _form(page, request)
    by, lines = _lines(page, request, form)
    rows = [line.cells for line in (*lines, statistics.total(lines))]
    content = sheets.write(file_format, statistics.header(by), rows)
    return attachment(content, name=f"zahlen-{by}", file_format=file_format)


def report(page, request: HttpRequest, year: int) -> HttpResponse:
    """The report for the county council, of the user's agency."""
    agencies = agencies_of(request.user, WHOLE_AGENCY)
    agency = Agency.objects.filter(pk__in=agencies).order_by("pk").first()
    if agency is None:
        raise PermissionDenied
    gazetteer = current(data_version.read()).gazetteer
    content = council_report.render(agency, year, gazetteer=gazetteer, now=clock.now())
    name = f"bericht-{agency.slug}-{year}.pdf"
    return as_attachment(BytesIO(content), name=name, content_type="application/pdf")


VIEWS = {
    "numbers": ("numbers/", show),
    "numbers_export": ("numbers/<slug:file_format>/", export),
    "report": ("report/<int:year>/", report),
}
