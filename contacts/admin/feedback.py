"""What visitors tell us, what sources disagree on, and the answers that nobody wants to lose."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, Q, Subquery
from django.forms import ModelChoiceField
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from contacts import learning, snapshot
from contacts.admin.filters import AgencyFilter, OpenFilter
from contacts.admin.places import InOwnDistricts
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.admin.search import FoldedSearch
from contacts.closing import close, confirm, field_of, reopen, take_over
from contacts.models import Area, Doubt, GoldenCase, LookUpCount, MissedInput
from contacts.resolver import suggest
from contacts.roles import agencies_of
from portal import clock, data_version


class ClosableAdmin(FoldedSearch, ReadOnly, ScopedAdmin):
    """Rows that are read, and closed with one button: on the page of each, or many in the list."""

    task = "inbox"
    change_form_template = "admin/decisions.html"
    list_filter = [OpenFilter, AgencyFilter]
    # What closes a row: the last step of the address, the words on the button.
    decisions: dict[str, str] = {"close": gettext_lazy("Done")}
    actions = ["close_selected", "reopen_selected"]

    def has_close_permission(self, request, obj=None) -> bool:
        """Editors close what concerns their agencies, and what concerns none in particular."""
        if obj is not None and obj.agency_id is None:
            obj = None
        return self.may_change(request, obj)

    def decide(self, decision: str, row, *, by) -> bool:
        """One verb for one row; False where nothing was left to do."""
        if decision == "reopen":
            return reopen([row]) == 1
        return close([row], by=by, now=clock.now()) == 1

    def decide_selected(self, request, queryset, decision: str) -> None:
        count = 0
        for row in list(queryset):
            if not self.has_close_permission(request, row):
                continue
            try:
                count += self.decide(decision, row, by=request.user)
            except ValidationError as refusal:
                self.message_user(request, refused(row, refusal), messages.ERROR)
        text = (
            ngettext("%d opened again.", "%d opened again.", count)
            if decision == "reopen"
            else ngettext("%d closed.", "%d closed.", count)
        )
        self.message_user(request, text % count, messages.SUCCESS)

    @admin.action(permissions=["close"], description=gettext_lazy("Done"))
    def close_selected(self, request, queryset) -> None:
        self.decide_selected(request, queryset, "close")

    @admin.action(permissions=["close"], description=gettext_lazy("Open again"))
    def reopen_selected(self, request, queryset) -> None:
        self.decide_selected(request, queryset, "reopen")

    def url_name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.decision_view))
        own = [
            path(f"<path:object_id>/{what}/", view, {"decision": what}, name=self.url_name(what))
            for what in (*self.decisions, "reopen")
        ]
        return [*own, *super().get_urls()]

    def decision_view(self, request, object_id: str, decision: str):
        row = self.get_object(request, object_id)
        if not self.has_close_permission(request, row):
            raise PermissionDenied
        try:
            self.decide(decision, row, by=request.user)
        except ValidationError as refusal:
            self.message_user(request, refused(row, refusal), messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self.url_name('change')}", args=[row.pk]))
        said = _("Open again: %s") if decision == "reopen" else _("Closed: %s")
        self.message_user(request, said % row, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self.url_name('changelist')}"))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.has_close_permission(request, obj):
            offered = {"reopen": _("Open again")} if obj.closed_at else self.decisions
            context["decisions"] = [
                (reverse(f"admin:{self.url_name(what)}", args=[obj.pk]), label)
                for what, label in offered.items()
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def refused(row, refusal: ValidationError) -> str:
    return f"{row}: {' '.join(refusal.messages)}"


def chosen(rows, value: str):
    """The row of `rows` that a form sent back, or None for whatever else was sent."""
    if not value.isascii():  # "٣" is a number to Python, but on no button of ours
        return None
    try:
        return ModelChoiceField(rows, required=False).clean(value)
    except ValidationError:
        return None


@admin.register(Doubt)
class DoubtAdmin(ClosableAdmin):
    """Of a doubt whose value is the key of a place, the list names the place."""

    rank = 2
    decisions = {
        "confirm": gettext_lazy("The value used is right"),
        "take-over": gettext_lazy("Take over the other value"),
    }
    actions = ["confirm_selected", "take_over_selected", "reopen_selected"]
    list_display = [
        "about",
        "which_field",
        "used",
        "other",
        "source",
        "source_date",
    ]
    readonly_fields = ["which_field", "used", "other"]
    search_fields = ["field", "value_used", "other_value", "source", "note", "area__name"]
    fieldsets = [
        (
            gettext_lazy("What is in doubt"),
            {"fields": ["agency", "post", "office", "area", "responsibility", "which_field"]},
        ),
        (
            gettext_lazy("What is said"),
            {"fields": ["used", "other", "source", "source_date", "note"]},
        ),
        (gettext_lazy("Decided"), {"fields": ["closed_at", "closed_by"]}),
    ]

    def get_queryset(self, request):
        found = (
            super()
            .get_queryset(request)
            .select_related("agency", "post", "office", "area__parent", "responsibility__post")
            .select_related("responsibility__area__parent")
        )
        for name, key in (("used_place", "value_used"), ("other_place", "other_value")):
            place = Area.objects.filter(key=OuterRef(key)).order_by().values("name")[:1]
            found = found.annotate(**{name: Subquery(place)})
        if not request.user.is_superuser:
            own = Area.objects.filter(agencies__in=agencies_of(request.user)).values("pk")
            places = Area.objects.in_districts(own).values("pk")
            found = found.filter(Q(agency__isnull=False) | Q(area__in=places))
        return found.prefetch_related(
            "agency__translations",
            "post__translations",
            "responsibility__post__translations",
        )

    def decide(self, decision: str, row, *, by) -> bool:
        if decision == "confirm":
            return confirm(row, by=by, now=clock.now())
        if decision == "take-over":
            return take_over(row, by=by, now=clock.now())
        return super().decide(decision, row, by=by)

    @admin.action(permissions=["close"], description=decisions["confirm"])
    def confirm_selected(self, request, queryset) -> None:
        self.decide_selected(request, queryset, "confirm")

    @admin.action(permissions=["close"], description=decisions["take-over"])
    def take_over_selected(self, request, queryset) -> None:
        self.decide_selected(request, queryset, "take-over")

    @admin.display(description=gettext_lazy("field"), ordering="field")
    def which_field(self, doubt: Doubt) -> str:
        field = field_of(doubt)
        return str(field.verbose_name) if field is not None else doubt.field

    @admin.display(description=gettext_lazy("value used"))
    def used(self, doubt: Doubt) -> str:
        return doubt.used_place or doubt.value_used

    @admin.display(description=gettext_lazy("other value"))
    def other(self, doubt: Doubt) -> str:
        return doubt.other_place or doubt.other_value

    @admin.display(description=gettext_lazy("about"))
    def about(self, doubt: Doubt):
        return doubt.post or doubt.office or doubt.responsibility or doubt.area or doubt.agency


@admin.register(GoldenCase)
class GoldenCaseAdmin(FoldedSearch, ScopedAdmin):
    rank = 2
    list_display = ["typed", "topic", "area", "post", "agency"]
    list_filter = [AgencyFilter]
    list_select_related = ["agency", "area__parent", "post", "topic"]
    search_fields = ["typed", "area__name"]
    autocomplete_fields = ["area", "post", "topic"]
    settled_fields = ("agency",)
    fieldsets = [
        (
            None,
            {
                "fields": ["agency", "typed", "topic", "area", "post"],
                "description": gettext_lazy(
                    "Whoever changes responsibilities is told when one of these answers turns."
                ),
            },
        ),
    ]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .prefetch_related("agency__translations", "post__translations", "topic__translations")
        )


@admin.register(LookUpCount)
class LookUpCountAdmin(ReadOnly, ScopedAdmin):
    rank = 3
    list_display = ["day", "outcome", "municipality", "topic", "number"]
    list_filter = ["outcome"]
    list_select_related = ["municipality", "topic"]
    date_hierarchy = "day"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("topic__translations")


@admin.register(MissedInput)
class MissedInputAdmin(InOwnDistricts, ReadOnly, ScopedAdmin):
    """Only inputs whose text is stored are listed: a hash tells nobody anything."""

    task = "inbox"
    rank = 3
    list_display = ["text", "week", "number", "alias_link"]
    not_exported = ("alias_link",)
    list_display_links = None
    search_fields = ["text"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(text="")

    @admin.display(description=gettext_lazy("make it an alias"))
    def alias_link(self, missed: MissedInput) -> str:
        url = reverse("admin:contacts_missedinput_alias", args=[missed.pk])
        return format_html('<a href="{}">{}</a>', url, _("“%s” is another name of …") % missed.text)

    def get_urls(self):
        view = self.admin_site.admin_view(self.alias_view)
        return [
            path("<path:object_id>/alias/", view, name="contacts_missedinput_alias"),
            *super().get_urls(),
        ]

    def alias_view(self, request, object_id: str):
        """Candidates with one button each; looked for by `q` where none is similar."""
        missed = self.get_object(request, object_id)
        if not self.may_change(request):
            raise PermissionDenied
        areas = self.choices_for(Area, request).select_related("parent__parent")
        if request.method == "POST":
            area = chosen(areas, request.POST.get("area", ""))
            if area is not None:
                name = learning.make_alias(missed, area, by=request.user, on=clock.today())
                self.log_change(request, area, _("“%s” leads here now.") % name)
                self.message_user(
                    request,
                    _("“%(name)s” leads to %(place)s now.") % {"name": name, "place": area},
                    messages.SUCCESS,
                )
                return HttpResponseRedirect(reverse("admin:contacts_missedinput_changelist"))
        typed = request.GET.get("q", "").strip() or missed.text
        context = {
            **self.admin_site.each_context(request),
            "title": _("“%s” is another name of …") % missed.text,
            "opts": self.opts,
            "missed": missed,
            "typed": typed,
            "candidates": self._candidates(areas, typed),
        }
        return TemplateResponse(request, "admin/contacts/missedinput/alias.html", context)

    def _candidates(self, areas, typed: str) -> list[Area]:
        held = snapshot.current(data_version.read())
        order = [hit.place.id for hit in suggest(typed, snapshot=held)]
        order += [hit.place.id for hit in held.gazetteer.index.similar(typed)]
        order += [hit.place.id for hit in held.gazetteer.index.starting_with(typed)]
        found = areas.in_bulk(order)
        return [found[pk] for pk in dict.fromkeys(order) if pk in found][:12]
