"""The projects of an agency in the administration."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedInline, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from projects.models import Project, ProjectContact


class ProjectContactInline(ScopedInline):
    model = ProjectContact
    template = "admin/edit_inline/stacked.html"  # seven fields in a row leave no room for any
    fields = [("name", "role"), "office", ("phone", "email"), ("valid_from", "valid_until")]


@admin.register(Project)
class ProjectAdmin(FoldedSearch, ScopedTranslatableAdmin):
    task = "content"
    rank = 2
    list_display = ["__str__", "area", "starts_on", "ends_on", "agency"]
    list_filter = [AgencyFilter]
    list_select_related = ["agency", "area__parent"]
    search_fields = ["translations__title", "slug"]
    autocomplete_fields = ["area", "documents"]
    inlines = [ProjectContactInline]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (_("What it is"), {"fields": ["title", "summary", "area", ("starts_on", "ends_on")]}),
        (_("Who pays it"), {"fields": ["commissioned_by", "funders"]}),
        (_("What is done"), {"fields": ["goals", "steps", "later_steps", "documents"]}),
        (_("Links"), {"fields": ["website", "see_also"]}),
        (_("Belongs to"), {"fields": ["agency", "slug"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one
