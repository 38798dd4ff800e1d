"""Applications: the queue of the office. Each one's page is in `projects.admin.cases`."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.roles import agencies_of
from portal import clock
from projects import deliveries, due, money, reminding
from projects.actors import CASEWORKERS, COORDINATORS, decidable
from projects.admin import calendar, cases, late, numbers, paper
from projects.admin.together import TogetherMixin
from projects.models import Application, Payout
from projects.models.scoping import WHOLE_AGENCY
from projects.states import (
    UNDECIDED,
    ApplicationState,
    GrantState,
    ObjectionState,
    PayoutState,
)

TO_BE_PAID = [PayoutState.REQUESTED, PayoutState.BOUNCED, PayoutState.CERTIFIED]
TO_BE_PAID += [PayoutState.ORDERED]
PROOFS = [GrantState.PROOF_DUE, GrantState.PROOF_SUBMITTED, GrantState.PROOF_QUERIED]
# What somebody still has to do with, up to the closed file.
OPEN = Q(state__in=sorted(UNDECIDED)) | Q(state=ApplicationState.APPROVED) & ~Q(
    grant__state=GrantState.CLOSED
)


class TurnFilter(admin.SimpleListFilter):
    """What an application waits for."""

    title = _("what is next")
    parameter_name = "next"

    def lookups(self, request, model_admin):
        return [
            ("new", _("to be taken")),
            ("precheck", _("preliminary check")),
            ("mine", _("my cases")),
            ("reminders", _("due reminders")),
            ("overdue", _("changes overdue")),
            ("hold", _("on hold")),
            ("proposed", _("to be decided by me")),
            ("waiting", _("waiting list")),
            ("objections", _("open objections")),
            ("letters", _("letters to be posted")),
            ("payouts", _("payouts")),
            ("proofs", _("proofs of use")),
            ("repayments", _("repayments")),
            ("undecided", _("all without a decision")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "mine":
            return queryset.filter(OPEN, caseworker=request.user)
        if self.value() == "reminders":
            return queryset.filter(pk__in=reminding.due(request.user, on=clock.today()))
        if self.value() == "letters":
            return queryset.filter(pk__in=deliveries.to_be_posted().values("letter__application"))
        if self.value() == "payouts":
            rows = Payout.objects.filter(state__in=TO_BE_PAID)
            return queryset.filter(pk__in=rows.values("grant__application"))
        grants = {"proofs": PROOFS, "repayments": [GrantState.REPAYMENT_DUE]}
        if self.value() in grants:
            return queryset.filter(grant__state__in=grants[self.value()])
        if self.value() == "overdue":
            return queryset.filter(
                change_requests__settled_at=None, change_requests__due_on__lt=clock.today()
            )
        if self.value() == "proposed":
            return decidable(queryset.filter(state=ApplicationState.PROPOSED), request.user)
        if self.value() == "objections":
            return queryset.filter(objections__state=ObjectionState.OPEN).distinct()
        states = {
            "waiting": [ApplicationState.WAITLISTED],
            "new": [ApplicationState.SUBMITTED],
            "precheck": [ApplicationState.PRECHECK],
            "undecided": sorted(UNDECIDED),
        }
        if self.value() in states:
            return queryset.filter(state__in=states[self.value()])
        return queryset.filter(hold=True) if self.value() == "hold" else queryset


class Queue(ChangeList):
    """By what is due; Django takes no annotation as `ordering` of a class."""

    def _get_default_ordering(self) -> list[str]:
        return ["next_due", "-changed_at", "-pk"]


@admin.register(Application)
class ApplicationAdmin(TogetherMixin, ReadOnly, ScopedAdmin):
    """Nobody edits a row here: what happens with a case are the steps on its page."""

    task = "funding"
    rank = 0
    list_display = [
        "reference",
        "shown_title",
        "applicant_name",
        "due",
        "area",
        "state",
        "changed_at",
        "caseworker",
        "requested",
    ]
    list_filter = [TurnFilter, "state", AgencyFilter]
    list_select_related = ["area__parent", "caseworker", "call", "agency"]
    search_fields = ["reference", "title", "applicant_name"]
    change_list_template = "admin/projects/application/change_list.html"

    def has_module_permission(self, request) -> bool:
        return self.may_look(request)

    def may_look(self, request) -> bool:
        """Editors have no part in grants."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        wanted = WHOLE_AGENCY | COORDINATORS
        return user.is_superuser or bool(agencies_of(user, wanted))

    @admin.display(description=_("title"), ordering="title")
    def shown_title(self, application: Application) -> str:
        return application.title or _("without a title")

    def get_queryset(self, request):
        return due.with_next(super().get_queryset(request), user=request.user)

    def get_changelist(self, request, **kwargs) -> type[Queue]:
        return Queue

    @admin.display(description=_("due"), ordering="next_due")
    def due(self, application: Application) -> str:
        found = due.next_of(application)
        if found is None:
            return ""
        day = date_format(found.day, "SHORT_DATE_FORMAT")
        if found.kind in due.WITH_END and found.is_over(clock.today()):
            text = _("%(day)s %(what)s, overdue")
            return str(text) % {"day": day, "what": found.kind.label}
        return f"{day} {found.kind.label}"

    @admin.display(description=_("requested grant"), ordering="requested_cents")
    def requested(self, application: Application) -> str:
        cents = application.requested_cents
        return "" if cents is None else money.shown(cents)

    def changelist_view(self, request, extra_context=None):
        may_enter = bool(agencies_of(request.user, CASEWORKERS))
        return super().changelist_view(request, {"may_enter": may_enter, **(extra_context or {})})

    def get_urls(self):
        def wrap(view):
            def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
                return view(self, request, *args, **kwargs)

            return self.admin_site.admin_view(page)

        own = [
            path(route, wrap(view), name=f"projects_application_{name}")
            for name, (route, view) in (
                cases.VIEWS | paper.VIEWS | late.VIEWS | numbers.VIEWS | calendar.VIEWS
            ).items()
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of the case, and no form of Django's."""
        return cases.show(self, request, self.get_object(request, object_id))

    def page(self, request, template: str, context: dict, *, status: int = 200) -> HttpResponse:
        """A page of this part of the administration."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**frame, **context}, status=status)
