"""Calls in the administration: their form, a warning of days off, and a button for each step."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.working_days import holiday_name, is_working_day, next_working_day
from portal import clock
from projects import calls
from projects.admin.call_forms import CallForm, PauseForm
from projects.admin.shared import FundingAdmin
from projects.calendar import last_day, moved_end
from projects.models import Call, RuleSet
from projects.rule_versions import newest_of
from projects.states import CallState

# Step: (last part of the address, label of its button); each is taken by POST alone.
STEPS = {
    "announce": gettext_lazy("Announce"),
    "take-back": gettext_lazy("Take back into draft"),
    "resume": gettext_lazy("Let it go on"),
    "newest-rules": gettext_lazy("Use the newest rules"),
    "move-end": gettext_lazy("Move the last day there"),
}
DONE = {
    "announce": gettext_lazy("The call is public now."),
    "take-back": gettext_lazy("The call is a draft again; the public does not see it."),
    "resume": gettext_lazy("The call goes on. Whoever has begun to apply is told by mail."),
    "newest-rules": gettext_lazy("The newest rules hold for this call now."),
    "move-end": gettext_lazy("The last day has been moved."),
}


@admin.register(Call)
class CallAdmin(FundingAdmin, FoldedSearch, ScopedTranslatableAdmin):
    form = CallForm
    rank = 1
    list_display = ["__str__", "programme_name", "state", "opens_at", "closes_at", "budget_year"]
    list_filter = ["state", AgencyFilter]
    search_fields = ["translations__title", "slug", "rule_set__programme__translations__name"]
    settled_fields = ("slug", "rule_set")
    fieldsets = [
        (gettext_lazy("What it is called"), {"fields": ["title", "note"]}),
        (
            gettext_lazy("When applications are taken"),
            {"fields": [("opens_on", "opens_time"), ("closes_on", "closes_time")]},
        ),
        (
            gettext_lazy("Which projects and which money"),
            {"fields": [("measures_from", "measures_until"), "budget_year", "rule_set"]},
        ),
        (gettext_lazy("Address"), {"fields": ["slug"]}),
    ]
    paused_fieldset = (gettext_lazy("Why it is paused"), {"fields": ["pause_reason"]})
    read_fieldsets = [
        (
            gettext_lazy("What it is called"),
            {"fields": ["title", "note", "state", "state_since", "pause_reason"]},
        ),
        (
            gettext_lazy("When, which projects, which money"),
            {
                "fields": [
                    "opens_at",
                    "closes_at",
                    "measures_from",
                    "measures_until",
                    "budget_year",
                    "rule_set",
                    "slug",
                ]
            },
        ),
    ]

    # Rows ----------------------------------------------------------------------------------------

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("rule_set__programme__agency")
        return found.prefetch_related("translations", "rule_set__programme__translations")

    def choices_for(self, model, request):
        """A new call gets the newest rules of a programme."""
        choices = super().choices_for(model, request)
        if model is not RuleSet:
            return choices
        newer = RuleSet.objects.filter(
            programme=OuterRef("programme"), version__gt=OuterRef("version")
        )
        choices = choices.filter(~Exists(newer)).select_related("programme")
        return choices.prefetch_related("programme__translations")

    def get_fieldsets(self, request, obj=None):
        """With the reason while there is one to be read."""
        fieldsets = super().get_fieldsets(request, obj)
        is_paused = obj is not None and obj.state == CallState.PAUSED
        if is_paused and self.has_change_permission(request, obj):
            return [*fieldsets[:1], self.paused_fieldset, *fieldsets[1:]]
        return fieldsets

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one

    def get_changeform_initial_data(self, request):
        year = clock.today().year
        return {"budget_year": year} | super().get_changeform_initial_data(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        """Drafts only: what was public once stays on record."""
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        call = getattr(obj, "master", obj)
        return call.state == CallState.DRAFT and not call.applications.exists()

    @admin.display(description=gettext_lazy("programme"))
    def programme_name(self, call: Call) -> str:
        return str(call.programme)

    # Days off ------------------------------------------------------------------------------------

    def save_model(self, request, obj: Call, form, change: bool) -> None:
        obj._history_user = request.user
        super().save_model(request, obj, form, change)
        warning = day_off_warning(obj)
        if warning:
            messages.warning(request, warning)

    # Steps ---------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.step_view))
        own = [
            path(f"<path:object_id>/{step}/", view, {"step": step}, name=f"projects_call_{step}")
            for step in STEPS
        ]
        pause = self.admin_site.admin_view(self.pause_view)
        own.append(path("<path:object_id>/pause/", pause, name="projects_call_pause"))
        return [*own, *super().get_urls()]

    def _to_change(self, request, object_id: str) -> Call:
        call = self.get_object(request, object_id)
        if not self.may_change(request, call):
            raise PermissionDenied
        return call

    def _back(self, call: Call) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:projects_call_change", args=[call.pk]))

    def step_view(self, request: HttpRequest, object_id: str, step: str) -> HttpResponse:
        call = self._to_change(request, object_id)
        try:
            with transaction.atomic():
                take(step, call, by=request.user)
        except ValidationError as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
        else:
            self.log_change(request, call, str(DONE[step]))
            self.message_user(request, DONE[step], messages.SUCCESS)
        return self._back(call)

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason that the public reads, and pause."""
        call = self._to_change(request, object_id)
        form = PauseForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                calls.pause(call, reasons=form.reasons, by=request.user, now=clock.now())
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                self.log_change(request, call, _("Paused."))
                said = _("The call is paused. Whoever has begun to apply is told by mail.")
                self.message_user(request, said, messages.SUCCESS)
                return self._back(call)
        context = self.admin_site.each_context(request) | {
            "title": _("Pause: %s") % call,
            "opts": self.opts,
            "form": form,
            "call": call,
        }
        return TemplateResponse(request, "admin/projects/call/pause.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            now = clock.now()
            context |= {"call_state": obj.state_at(now).label, "public_url": _public_url(obj)}
            if self.may_change(request, obj):
                context |= _steps_of(obj, now)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def take(step: str, call: Call, *, by) -> None:
    """Take one of `STEPS`. Raises ValidationError where it cannot be taken now."""
    now = clock.now()
    match step:
        case "announce":
            calls.announce(call, by=by, now=now)
        case "take-back":
            calls.take_back(call, by=by, now=now)
        case "resume":
            calls.resume(call, by=by, now=now)
        case "newest-rules":
            calls.use_rules(call, newest_of(call.programme), by=by, now=now)
        case "move-end":
            better = next_working_day(last_day(call.closes_at), call.programme.agency.state)
            calls.move_end(call, closes_at=moved_end(call.closes_at, better), by=by, now=now)


def day_off_warning(call: Call) -> str:
    """What is wrong with the last day of `call`, and which one would be better; "" for nothing."""
    state = call.programme.agency.state
    day = last_day(call.closes_at)
    if is_working_day(day, state):
        return ""
    names = {
        "day": _with_weekday(day),
        "holiday": holiday_name(day, state),
        "next": _with_weekday(next_working_day(day, state)),
    }
    if names["holiday"]:
        text = _(
            "The last day, %(day)s, is a public holiday (%(holiday)s). "
            "The next working day is %(next)s."
        )
    else:
        text = _("The last day, %(day)s, is on a weekend. The next working day is %(next)s.")
    return text % names


def _with_weekday(day: dt.date) -> str:
    return f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}"


def _steps_of(call: Call, now: dt.datetime) -> dict:
    """The buttons for the state that the call is in, as (address, label), and the warning."""
    state = call.state_at(now)
    steps = {
        CallState.DRAFT: ["announce"],
        CallState.ANNOUNCED: ["take-back"],
        CallState.PAUSED: ["resume"],
    }.get(state, [])
    newest = newest_of(call.programme)
    if state in (CallState.DRAFT, CallState.ANNOUNCED) and newest.pk != call.rule_set_id:
        steps.append("newest-rules")
    warning = "" if state == CallState.CLOSED else day_off_warning(call)
    return {
        "steps": [(_address(step, call), STEPS[step]) for step in steps],
        "pause_url": _address("pause", call) if state == CallState.OPEN else "",
        "day_off_warning": warning,
        "move_end": (_address("move-end", call), STEPS["move-end"]) if warning else None,
    }


def _address(step: str, call: Call) -> str:
    return reverse(f"admin:projects_call_{step}", args=[call.pk])


def _public_url(call: Call) -> str:
    return reverse("projects:programme", args=[call.programme.slug])
