"""What visitors tell us, what sources disagree on, and the answers that nobody wants to lose."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
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
from contacts.closing import close
from contacts.models import Area, Correction, Doubt, GoldenCase, LookUpCount, MissedInput
from contacts.resolver import suggest
from portal import clock, data_version


class ClosableAdmin(FoldedSearch, ReadOnly, ScopedAdmin):
    """Rows that are read, and closed with one button: on the page of each, or many in the list."""

    task = "inbox"
    change_form_template = "admin/contacts/closable.html"
    close_label = gettext_lazy("Close")
    list_filter = [OpenFilter, AgencyFilter]
    actions = ["close_selected"]

    def has_close_permission(self, request, obj=None) -> bool:
        """Editors close what concerns their agencies, and what concerns none in particular."""
        if obj is not None and obj.agency_id is None:
            obj = None
        return self.may_change(request, obj)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "close_selected" in actions:
            function, name, _description = actions["close_selected"]
            actions["close_selected"] = (function, name, self.close_label)
        return actions

    @admin.action(permissions=["close"])
    def close_selected(self, request, queryset) -> None:
        rows = [row for row in queryset if self.has_close_permission(request, row)]
        count = close(rows, by=request.user, now=clock.now())
        self.message_user(
            request, ngettext("%d closed.", "%d closed.", count) % count, messages.SUCCESS
        )

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_close"
        view = self.admin_site.admin_view(require_POST(self.close_view))
        return [path("<path:object_id>/close/", view, name=name), *super().get_urls()]

    def close_view(self, request, object_id: str):
        row = self.get_object(request, object_id)
        if not self.has_close_permission(request, row):
            raise PermissionDenied
        close([row], by=request.user, now=clock.now())
        self.message_user(request, _("Closed: %s") % row, messages.SUCCESS)
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        )

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and obj.closed_at is None and self.has_close_permission(request, obj):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_close"
            context |= {
                "close_url": reverse(name, args=[obj.pk]),
                "close_label": self.close_label,
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


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
    rank = 2
    list_display = [
        "about",
        "field",
        "value_used",
        "other_value",
        "source",
        "source_date",
        "agency",
    ]
    search_fields = ["field", "value_used", "other_value", "source", "note", "area__name"]
    fieldsets = [
        (
            gettext_lazy("What is in doubt"),
            {"fields": ["agency", "post", "office", "area", "responsibility", "field"]},
        ),
        (
            gettext_lazy("What is said"),
            {"fields": ["value_used", "other_value", "source", "source_date", "note"]},
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
        return found.prefetch_related(
            "agency__translations",
            "post__translations",
            "responsibility__post__translations",
        )

    @admin.display(description=gettext_lazy("about"))
    def about(self, doubt: Doubt):
        return doubt.post or doubt.office or doubt.responsibility or doubt.area or doubt.agency


@admin.register(Correction)
class CorrectionAdmin(ClosableAdmin):
    rank = 1
    close_label = gettext_lazy("Done")
    list_display = ["kind", "beginning", "page", "received_at", "agency"]
    list_filter = [OpenFilter, "kind", AgencyFilter]
    search_fields = ["text", "page", "contact"]
    fieldsets = [
        (None, {"fields": ["kind", "text", "page", "contact", "received_at", "agency"]}),
        (gettext_lazy("Done"), {"fields": ["closed_at", "closed_by"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("agency__translations")

    @admin.display(description=gettext_lazy("message"))
    def beginning(self, correction: Correction) -> str:
        return correction.text if len(correction.text) <= 80 else f"{correction.text[:79]}…"


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
