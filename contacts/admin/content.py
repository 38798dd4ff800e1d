"""What agencies publish, in the administration."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.models import Document


@admin.register(Document)
class DocumentAdmin(FoldedSearch, ScopedTranslatableAdmin):
    task = "content"
    rank = 3
    list_display = ["__str__", "kind", "issued", "language", "agency"]
    list_filter = [AgencyFilter, "kind"]
    search_fields = ["translations__title", "slug"]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (_("What it is"), {"fields": ["title", "summary", "kind"]}),
        (_("Of when, how large, where"), {"fields": ["issued", "language", "size_bytes", "url"]}),
        (_("Belongs to"), {"fields": ["agency", "slug", "rank"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one
