"""How often interpreters were asked for and found: for those who run a pool."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.interpreters import runs_a_pool
from contacts.interpreting import statistics
from contacts.models import Interpreter
from contacts.models.interpreters import pools_run_by
from portal import clock, sheets
from portal.admin_site import OwnPage
from portal.exports import attachment


class YearForm(forms.Form):
    """What cannot be read counts as not asked: then it is the newest year."""

    jahr = forms.ChoiceField(label=gettext_lazy("Year"), required=False)

    def __init__(self, *args, years: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jahr"].choices = [(str(year), str(year)) for year in years]
        self.years = years

    @property
    def year(self) -> int:
        chosen = self.cleaned_data.get("jahr") if self.is_valid() else ""
        return int(chosen) if chosen else self.years[0]


def numbers(request: HttpRequest) -> HttpResponse:
    """How often interpreters were asked for and found; `?datei=csv` is the table as a file."""
    if not runs_a_pool(request):
        raise PermissionDenied
    pools = list(pools_run_by(request.user))
    today = clock.today()
    form = YearForm(request.GET, years=statistics.years(pools) or [today.year])
    lines = statistics.numbers(pools, form.year)
    file_format = request.GET.get("datei", "")
    if file_format in sheets.FORMATS:
        rows = [line.cells for line in (*lines, statistics.total(lines))]
        content = sheets.write(file_format, statistics.header(), rows)
        return attachment(content, name=f"sprachmittlung-{form.year}", file_format=file_format)
    context = {
        **admin.site.each_context(request),
        "opts": Interpreter._meta,
        "title": _("Interpreters in numbers"),
        "form": form,
        "year": form.year,
        "header": statistics.header(),
        "lines": lines,
        "sums": statistics.sums(lines),
        "total": statistics.total(lines),
    }
    return TemplateResponse(request, "admin/contacts/interpreter/numbers.html", context)


admin.site.add_page(
    OwnPage(
        route="sprachmittlung/zahlen/",
        name="contacts_interpreting",
        view=numbers,
        label=gettext_lazy("Interpreters in numbers"),
        task="record",
        rank=5,
        is_for=runs_a_pool,
    )
)
