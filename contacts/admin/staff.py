"""What the law wants to read about an agency."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.scoped import ScopedAdmin
from contacts.models import LegalDetails


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
