"""Blocks of text in the administration: written by those who write with them."""

from django.contrib import admin

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedAdmin
from contacts.roles import agencies_of
from projects.actors import CASEWORKERS, FUNDING_ADMINS
from projects.models import TextBlock
from projects.models.scoping import WHOLE_AGENCY


@admin.register(TextBlock)
class TextBlockAdmin(ScopedAdmin):
    """Caseworkers and agency administrators change them; others who work on cases read."""

    task = "funding"
    rank = 5
    changed_by = CASEWORKERS | FUNDING_ADMINS
    list_display = ["name", "use", "agency"]
    list_filter = ["use", AgencyFilter]
    list_select_related = ["agency"]
    search_fields = ["name", "text"]
    settled_fields = ("agency",)
    fields = ["agency", "use", "name", "text"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agency__translations")

    def may_look(self, request) -> bool:
        """Editors have no part in grants."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(agencies_of(user, WHOLE_AGENCY))
