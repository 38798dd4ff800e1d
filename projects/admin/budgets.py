"""Budgets in the administration: the money over the year, and what the agency books by hand."""

from collections.abc import Iterator

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from portal import clock, sheets
from portal.exports import streamed
from projects import actors, budget, budget_year, money
from projects.actors import FUNDING_ADMINS
from projects.fields import EuroField
from projects.models import Application, Budget, LedgerEntry, Programme
from projects.models.scoping import WHOLE_AGENCY
from projects.workflow import call_up_waiting

Kind = LedgerEntry.Kind
SHOWN = 100  # of the latest bookings on the page; all are in the export


class EntryForm(forms.Form):
    """What is booked by hand. Lowering is a choice, since amounts are typed without a sign."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (Kind.ALLOCATION, gettext_lazy("allocated for the year")),
            (Kind.RELEASE, gettext_lazy("released: may be committed")),
            (Kind.BLOCK, gettext_lazy("blocked: may not be committed for now")),
        ],
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("More or less"),
        choices=[("1", gettext_lazy("more")), ("-1", gettext_lazy("less"))],
        widget=forms.RadioSelect,
        initial="1",
    )
    amount = EuroField(
        label=gettext_lazy("Amount in euros"),
        least=1,
        error_messages={"required": gettext_lazy("Enter the amount.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For example the letter by which the money was released."),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    @property
    def cents(self) -> int:
        return int(self.cleaned_data["direction"]) * self.cleaned_data["amount"]


class OpenForm(forms.Form):
    """For which programme and year a budget is opened."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"), queryset=Programme.objects.none()
    )
    year = forms.IntegerField(
        label=gettext_lazy("Budget year"),
        min_value=2015,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class CorrectionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What was wrong?"),
        max_length=250,
        error_messages={"required": gettext_lazy("Say why.")},
    )


@admin.register(Budget)
class BudgetAdmin(ReadOnly, ScopedAdmin):
    """Nobody edits a row here: money is booked, and what was booked wrong is booked back."""

    task = "funding"
    rank = 1
    changed_by = FUNDING_ADMINS
    list_display = ["__str__", "allocated", "released", "committed", "paid", "free"]
    list_filter = [AgencyFilter, "year"]
    list_select_related = ["programme"]
    change_list_template = "admin/projects/budget/change_list.html"

    def may_look(self, request) -> bool:
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(actors.agencies_of(user, WHOLE_AGENCY))

    def has_module_permission(self, request) -> bool:
        return self.may_look(request)

    def get_queryset(self, request):
        """With the sums of all budgets in one query of their own."""
        rows = super().get_queryset(request).prefetch_related("programme__translations")
        return budget.with_sums(rows)

    @admin.display(description=gettext_lazy("allocated"))
    def allocated(self, row: Budget) -> str:
        return money.shown(budget.sums_of_row(row).allocated)

    @admin.display(description=gettext_lazy("released"))
    def released(self, row: Budget) -> str:
        return money.shown(budget.sums_of_row(row).released)

    @admin.display(description=gettext_lazy("committed"))
    def committed(self, row: Budget) -> str:
        return money.shown(budget.sums_of_row(row).committed)

    @admin.display(description=gettext_lazy("paid"))
    def paid(self, row: Budget) -> str:
        return money.shown(budget.sums_of_row(row).paid)

    @admin.display(description=gettext_lazy("free"))
    def free(self, row: Budget) -> str:
        return money.shown(budget.sums_of_row(row).free)

    # Pages ---------------------------------------------------------------------------------------

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("open/", wrap(self.open_view), name="projects_budget_open"),
            path("<int:pk>/enter/", wrap(self.enter_view), name="projects_budget_enter"),
            path(
                "<int:pk>/correct/<int:number>/",
                wrap(self.correct_view),
                name="projects_budget_correct",
            ),
            path("<int:pk>/ledger.csv", wrap(self.ledger_view), name="projects_budget_ledger"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may_open = self.agencies_changed_by(request).exists()
        return super().changelist_view(request, {"may_open": may_open, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of the budget, and no form of Django's."""
        return self._show(request, self.get_object(request, object_id))

    def _show(self, request: HttpRequest, row: Budget | None, form=None) -> HttpResponse:
        if row is None or not self.may_look(request):
            raise Http404
        months = budget_year.months_of(row, on=clock.today())
        sums = budget.sums_of_row(row)
        may_book = actors.may_change(request.user, row.programme.agency_id)
        entries = row.entries.select_related("booked_by").order_by("-number")
        shown = list(entries[:SHOWN])
        cases = Application.objects.visible_to(request.user)
        cases = cases.filter(pk__in={entry.application_id for entry in shown})
        context = {
            "title": str(row),
            "budget": row,
            "sums": sums,
            "is_overcommitted": sums.free < 0,
            "months": months,
            "names": budget_year.names(),
            "chart": budget_year.picture(months),
            "entries": shown,
            "cases": set(cases.values_list("pk", flat=True)),
            "is_cut": entries.count() > SHOWN,
            "by_hand": budget.BY_HAND,
            "form": (form or EntryForm()) if may_book else None,
        }
        return self._page(request, "page.html", context, status=422 if form else 200)

    def _page(self, request, template: str, context: dict, *, status: int = 200) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        name = f"admin/projects/budget/{template}"
        return TemplateResponse(request, name, {**frame, **context}, status=status)

    def _found(self, request: HttpRequest, pk: int) -> Budget:
        row = self.get_queryset(request).filter(pk=pk).first() if self.may_look(request) else None
        if row is None:
            raise Http404
        return row

    def enter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Book by hand; what becomes free calls up whoever waits for it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._found(request, pk)
        form = EntryForm(request.POST)
        if not actors.may_change(request.user, row.programme.agency_id):
            raise PermissionDenied
        if not form.is_valid():
            return self._show(request, row, form)
        now, typed = clock.now(), form.cleaned_data
        try:
            budget.enter(
                row, Kind(typed["kind"]), form.cents, note=typed["note"], by=request.user, now=now
            )
        except ValidationError as refused:
            form.add_error(None, refused)
            return self._show(request, row, form)
        call_up_waiting(row, now=now)
        messages.success(request, _("It has been booked."))
        return HttpResponseRedirect(reverse("admin:projects_budget_change", args=[row.pk]))

    def correct_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Book back what was entered wrong."""
        row = self._found(request, pk)
        entry = row.entries.filter(number=number, kind__in=budget.BY_HAND).first()
        if entry is None:
            raise Http404
        if not actors.may_change(request.user, row.programme.agency_id):
            raise PermissionDenied
        form = CorrectionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            note, now = form.cleaned_data["note"], clock.now()
            try:
                budget.correct(entry, note=note, by=request.user, now=now)
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                call_up_waiting(row, now=now)
                messages.success(request, _("It has been booked back."))
                return HttpResponseRedirect(reverse("admin:projects_budget_change", args=[row.pk]))
        context = {
            "title": _("Book number %(number)d back") % {"number": number},
            "entry": entry,
            "form": form,
            "back": reverse("admin:projects_budget_change", args=[row.pk]),
        }
        return self._page(request, "form.html", context, status=422 if form.errors else 200)

    def open_view(self, request: HttpRequest) -> HttpResponse:
        agencies = self.agencies_changed_by(request)
        if not agencies.exists():
            raise PermissionDenied
        form = OpenForm(request.POST or None)
        form.fields["programme"].queryset = Programme.objects.filter(
            agency__in=agencies
        ).prefetch_related("translations")
        if request.method == "POST" and form.is_valid():
            row = budget.open_budget(**form.cleaned_data, by=request.user)
            return HttpResponseRedirect(reverse("admin:projects_budget_change", args=[row.pk]))
        context = {
            "title": _("Open a budget"),
            "form": form,
            "back": reverse("admin:projects_budget_changelist"),
        }
        return self._page(request, "form.html", context, status=422 if form.errors else 200)

    def ledger_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All bookings as CSV."""
        row = self._found(request, pk)
        header = [_("No."), _("Booked"), _("What"), _("Corrects"), _("Amount"), _("Free")]
        header += [_("Case"), _("Reason"), _("Booked by")]
        pieces = sheets.csv_pieces(header, _ledger_lines(row))
        return streamed(pieces, name=f"{row.programme.slug}-{row.year}")


def _ledger_lines(row: Budget) -> Iterator[list[str]]:
    entries = row.entries.select_related("booked_by").order_by("number")
    for entry in entries.iterator(chunk_size=500):
        yield [
            str(entry.number),
            f"{clock.local(entry.booked_at):%Y-%m-%d %H:%M}",
            entry.get_kind_display(),
            entry.get_corrects_display(),
            money.typed_signed(entry.cents),
            money.typed_signed(entry.free_after),
            entry.reference,
            entry.note,
            str(entry.booked_by or ""),
        ]
