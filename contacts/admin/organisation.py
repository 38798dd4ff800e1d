"""Agencies, offices and topics in the administration."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.archiving import Archivable
from contacts.admin.filters import AgencyFilter, InUseFilter
from contacts.admin.scoped import NeverDeleted, ScopedInline, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.models import (
    Agency,
    Area,
    Office,
    OpeningHours,
    Topic,
)
from contacts.published import in_force
from portal import clock


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, FoldedSearch, ScopedTranslatableAdmin):
    task = "contacts"
    rank = 5
    list_display = ["__str__", "area_label", "phone", "email", "is_at_work"]
    search_fields = ["translations__name", "translations__area_label", "short_name", "email"]
    autocomplete_fields = ["districts"]
    settled_fields = ("slug",)
    superuser_fields = ("districts", "state", "started_on", "ended_on")
    fieldsets = [
        (
            _("What it is called"),
            {"fields": ["name", "area_label", "short_name", "parent_body", "department"]},
        ),
        (
            _("Central contact"),
            {
                "fields": ["phone", "email", "fax", "website", "integreat_url"],
                "description": _("Shown wherever nobody else is responsible or can be reached."),
            },
        ),
        (_("What it does"), {"fields": ["summary", "tasks", "network", "funding_notice"]}),
        (
            _("Where and since when"),
            {"fields": ["districts", "state", ("started_on", "ended_on")]},
        ),
        (_("Look and address of its pages"), {"fields": ["accent", "slug"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")

    def has_add_permission(self, request) -> bool:
        return request.user.is_superuser and self.may_look(request)

    def choices_for(self, model, request):
        choices = super().choices_for(model, request)
        return choices.filter(kind=Area.Kind.DISTRICT) if model is Area else choices

    @admin.display(description=_("region"))
    def area_label(self, agency: Agency) -> str:
        return agency.safe_translation_getter("area_label", default="", any_language=True)

    @admin.display(description=_("at work"), boolean=True)
    def is_at_work(self, agency: Agency) -> bool:
        return in_force(agency.started_on, agency.ended_on, clock.today())


class OpeningHoursInline(ScopedInline):
    model = OpeningHours
    fields = ["weekday", "opens", "closes"]


@admin.register(Office)
class OfficeAdmin(Archivable, NeverDeleted, FoldedSearch, ScopedTranslatableAdmin):
    task = "contacts"
    rank = 4
    list_display = ["__str__", "building", "phone", "by_appointment", "step_free", "agency"]
    list_filter = [InUseFilter, AgencyFilter, "by_appointment", "step_free"]
    search_fields = ["city", "street", "postal_code", "building", "translations__name", "phone"]
    inlines = [OpeningHoursInline]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (
            _("Where people come to"),
            {"fields": ["name", "building", "street", ("postal_code", "city"), "phone"]},
        ),
        (
            _("Getting in"),
            {"fields": ["by_appointment", "hours_note", "step_free", "access_note"]},
        ),
        (
            _("Where letters go"),
            {
                "fields": ["postal_street", ("postal_postal_code", "postal_city")],
                "description": _("Only where letters go to another address."),
            },
        ),
        (_("Belongs to"), {"fields": ["agency", "slug"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")


@admin.register(Topic)
class TopicAdmin(FoldedSearch, ScopedTranslatableAdmin):
    """Topics are shared by all agencies, so one agency alone cannot rename them."""

    task = "contacts"
    rank = 6
    list_display = ["__str__", "slug"]
    search_fields = ["translations__name", "slug"]
    settled_fields = ("slug",)
    fieldsets = [(None, {"fields": ["name", "slug"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")

    def may_change(self, request, obj=None) -> bool:
        return request.user.is_superuser and self.may_look(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A topic that posts name stays: deleting it would take it from them without a word."""
        is_used = isinstance(obj, Topic) and obj.posts.exists()  # else one of its translations
        return super().has_delete_permission(request, obj) and not is_used
