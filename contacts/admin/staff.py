"""Who does what for an agency, and what the law wants to read about it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedAdmin
from contacts.admin.search import FoldedSearch
from contacts.models import LegalDetails, StaffRole
from contacts.roles import Role, agencies_of
from portal.models import User


@admin.register(StaffRole)
class StaffRoleAdmin(FoldedSearch, ScopedAdmin):
    """For agency administrators and superusers; nobody else sees it."""

    task = "access"
    rank = 1
    changed_by = frozenset({Role.AGENCY_ADMIN})
    list_display = ["user", "role", "agency"]
    list_filter = ["role", AgencyFilter]
    list_select_related = ["user", "agency"]
    search_fields = ["user__name", "user__email"]
    settled_fields = ("user", "agency")
    fieldsets = [(None, {"fields": ["user", "agency", "role"]})]

    def may_look(self, request) -> bool:
        return super().may_look(request) and (
            request.user.is_superuser or bool(agencies_of(request.user, self.changed_by))
        )

    def get_queryset(self, request):
        found = super().get_queryset(request).prefetch_related("agency__translations")
        if request.user.is_superuser:
            return found
        return found.of_agencies(agencies_of(request.user, self.changed_by))

    def choices_for(self, model, request):
        """An agency administrator gives roles to colleagues; a superuser brings in new ones."""
        if model is User and not request.user.is_superuser:
            agencies = agencies_of(request.user, self.changed_by)
            return User.objects.filter(staff_roles__agency__in=agencies).distinct()
        return super().choices_for(model, request)


@admin.register(LegalDetails)
class LegalDetailsAdmin(ScopedAdmin):
    task = "access"
    rank = 2
    list_display = ["agency", "body_name", "missing_facts", "conformity", "statement_on"]
    list_select_related = ["agency"]
    settled_fields = ("agency",)
    fieldsets = [
        (
            _("Imprint"),
            {
                "fields": [
                    "agency",
                    "body_name",
                    "legal_form",
                    "representative",
                    "street",
                    ("postal_code", "city"),
                    ("phone", "email"),
                    "supervisory_authority",
                    "editorial_responsible",
                ]
            },
        ),
        (_("Data protection"), {"fields": ["data_protection_officer", "data_protection_email"]}),
        (
            _("Accessibility"),
            {
                "fields": [
                    "accessibility_email",
                    "conformity",
                    ("assessed_on", "method"),
                    "known_barriers",
                    "statement_on",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agency__translations")

    @admin.display(description=_("missing"))
    def missing_facts(self, details: LegalDetails) -> str:
        names = (details._meta.get_field(name).verbose_name for name in details.missing())
        return ", ".join(str(name) for name in names)
