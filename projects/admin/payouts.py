"""Payments for the finance office: the list, its hand-over to the cash office, paid or bounced."""

import logging

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
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import Native, ReadOnly, ScopedAdmin
from contacts.models import Agency
from contacts.roles import agencies_of
from portal import clock, exports
from projects import iban, money, payment_lists
from projects.actors import FINANCE
from projects.models import Payout
from projects.models.scoping import WHOLE_AGENCY
from projects.states import PayoutState
from projects.workflow import RefusedError, paying

logger = logging.getLogger(__name__)
P = PayoutState


class TurnFilter(admin.SimpleListFilter):
    """What a payment waits for."""

    title = gettext_lazy("what is next")
    parameter_name = "next"
    STATES = {
        "check": (P.REQUESTED, P.BOUNCED),
        "order": (P.CERTIFIED,),
        "hand-over": (P.ORDERED,),
        "bank": (P.EXPORTED,),
        "done": (P.PAID, P.REFUSED),
    }

    def lookups(self, request, model_admin):
        return [
            ("check", _("to be certified")),
            ("order", _("to be ordered")),
            ("hand-over", _("to be handed to the cash office")),
            ("bank", _("with the cash office")),
            ("done", _("paid or refused")),
        ]

    def queryset(self, request, queryset):
        states = self.STATES.get(self.value())
        return queryset.filter(state__in=states) if states else queryset


class PaidForm(forms.Form):
    paid_on = forms.DateField(
        label=gettext_lazy("Paid on"),
        widget=Native(),
        error_messages={"required": gettext_lazy("Say on which day it was paid.")},
    )


@admin.register(Payout)
class PayoutAdmin(ReadOnly, ScopedAdmin):
    """Nobody edits a row here: money moves by its steps, each of them a verb."""

    task = "funding"
    rank = 2
    list_display = [
        "case",
        "count",
        "amount",
        "holder",
        "account",
        "state",
        "since",
        "paid_on",
    ]
    list_filter = [TurnFilter, "state", AgencyFilter]
    list_select_related = ["grant__application"]
    search_fields = ["grant__application__reference", "holder"]
    ordering = ["-changed_at", "-pk"]
    change_list_template = "admin/projects/payout/change_list.html"
    actions = ["paid_together"]

    # Who ------------------------------------------------------------------------------------------

    def may_look(self, request) -> bool:
        """Account numbers are for those who work on the cases of a whole agency."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(agencies_of(user, WHOLE_AGENCY))

    def has_module_permission(self, request) -> bool:
        return self.may_look(request)

    def get_queryset(self, request):
        """Coordinators of one agency see nothing here, though they work for another one, too."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.of_agencies(agencies_of(request.user, WHOLE_AGENCY))

    def has_pay_permission(self, request) -> bool:
        """For the action: the finance office."""
        return bool(agencies_of(request.user, FINANCE))

    # The list -------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("number"), ordering="grant__application__reference")
    def case(self, row: Payout) -> str:
        return str(row.grant.application)

    @admin.display(description=gettext_lazy("payout"), ordering="number")
    def count(self, row: Payout) -> str:
        return str(row.number)

    @admin.display(description=gettext_lazy("since"), ordering="changed_at")
    def since(self, row: Payout) -> str:
        return date_format(clock.local(row.changed_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("amount"), ordering="amount_cents")
    def amount(self, row: Payout) -> str:
        return money.shown(row.amount_cents)

    @admin.display(description="IBAN", ordering="iban")
    def account(self, row: Payout) -> str:
        return format_html("<bdi>{}</bdi>", iban.shown(row.iban))

    def changelist_view(self, request, extra_context=None):
        agencies = agencies_of(request.user, FINANCE)
        extra = {
            "waiting": self._waiting(agencies) if agencies else [],
            "lists": payment_lists.lists_of(self._agencies_seen(request)),
        }
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def _agencies_seen(self, request) -> list[int]:
        rows = Agency.objects.all()
        if not request.user.is_superuser:
            rows = rows.filter(pk__in=agencies_of(request.user, WHOLE_AGENCY))
        return list(rows.values_list("pk", flat=True))

    def _waiting(self, agencies) -> list[tuple[Agency, int]]:
        """The agencies in which something is ordered, and how many payments."""
        found = []
        for agency in Agency.objects.filter(pk__in=agencies).order_by("pk"):
            rows = Payout.objects.filter(state=P.ORDERED, grant__application__agency=agency)
            if number := rows.count():
                found.append((agency, number))
        return found

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A payment is looked at on the page of its case."""
        row = self.get_object(request, object_id)
        if not self.may_look(request):
            raise PermissionDenied
        case = row.grant.application_id
        return HttpResponseRedirect(
            f"{reverse('admin:projects_application_change', args=[case])}#payouts"
        )

    # The cash office ------------------------------------------------------------------------------

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path(
                "hand-over/<int:agency>/",
                wrap(self.hand_over_view),
                name="projects_payout_hand_over",
            ),
            path(
                "list/<int:agency>/<int:key>.csv", wrap(self.list_view), name="projects_payout_list"
            ),
            path("paid/", wrap(self.paid_view), name="projects_payout_paid"),
        ]
        return [*own, *super().get_urls()]

    def hand_over_view(self, request: HttpRequest, agency: int) -> HttpResponse:
        """Mark what is ordered as handed over; the file is then fetched as often as one likes."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if agency not in agencies_of(request.user, FINANCE):
            raise PermissionDenied
        try:
            handed_over = paying.export(agency, by=request.user, now=clock.now())
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
            return self._back()
        if not handed_over:
            messages.warning(request, _("Nothing waits for the cash office at the moment."))
        else:
            text = ngettext(
                "%(n)d payment is handed over. Save the list below.",
                "%(n)d payments are handed over. Save the list below.",
                len(handed_over),
            )
            messages.success(request, text % {"n": len(handed_over)})
        return self._back()

    def list_view(self, request: HttpRequest, agency: int, key: int) -> HttpResponse:
        """A list for the cash office as CSV, the same whenever it is fetched."""
        if not self.may_look(request) or agency not in self._agencies_seen(request):
            raise Http404
        try:
            exported_at = payment_lists.instant_of(key)
        except OverflowError:
            raise Http404 from None
        rows = list(payment_lists.rows_of(agency, exported_at))
        if not rows:
            raise Http404
        content = payment_lists.write(rows)
        logger.info("List of %d payments saved, by user %d", len(rows), request.user.pk)
        day = clock.local(exported_at).strftime("%Y-%m-%d %H-%M")
        name = _("Payments %(day)s") % {"day": day}
        return exports.attachment(content, name=name, file_format="csv")

    # Paid -----------------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Mark as paid"), permissions=["pay"])
    def paid_together(self, request: HttpRequest, queryset) -> HttpResponse:
        keys = "&".join(f"row={pk}" for pk in queryset.values_list("pk", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:projects_payout_paid')}?{keys}")

    def paid_view(self, request: HttpRequest) -> HttpResponse:
        """On which day the chosen payments were made; each by the same verb, with a report."""
        if not self.has_pay_permission(request):
            raise PermissionDenied
        chosen = [key for key in request.GET.getlist("row") if key.isdecimal() and len(key) < 16]
        rows = list(self.get_queryset(request).filter(pk__in=chosen).order_by("pk"))
        form = PaidForm(request.POST or None, initial={"paid_on": clock.today()})
        if request.method == "POST" and form.is_valid() and rows:
            self._mark_all(request, rows, form.cleaned_data["paid_on"])
            return self._back()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Mark as paid"),
            "rows": [(row, money.shown(row.amount_cents)) for row in rows],
            "total": money.shown(sum(row.amount_cents for row in rows)),
            "form": form,
            "back": reverse("admin:projects_payout_changelist"),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/projects/payout/paid.html", context, status=status)

    def _mark_all(self, request: HttpRequest, rows: list[Payout], paid_on) -> None:
        done = 0
        for row in rows:
            try:
                paying.mark_paid(row, paid_on, by=request.user, now=clock.now())
            except RefusedError as refused:
                text = f"{row.grant.application} ({row.number}): {refused.messages[0]}"
                messages.error(request, text)
            else:
                done += 1
        if done:
            text = ngettext("%(n)d payment is paid.", "%(n)d payments are paid.", done)
            messages.success(request, text % {"n": done})

    def _back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:projects_payout_changelist"))
