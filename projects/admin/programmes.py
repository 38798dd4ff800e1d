"""Programmes in the administration."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import NeverDeleted, ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from portal import clock
from projects.admin.shared import FundingAdmin
from projects.models import Programme
from projects.rule_versions import newest_of


@admin.register(Programme)
class ProgrammeAdmin(FundingAdmin, NeverDeleted, FoldedSearch, ScopedTranslatableAdmin):
    rank = 2
    list_display = ["__str__", "prefix", "email", "is_at_work", "agency"]
    list_filter = [AgencyFilter]
    search_fields = ["translations__name", "slug", "email"]
    settled_fields = ("slug", "agency", "prefix")
    fieldsets = [
        (_("What it is called and for"), {"fields": ["name", "summary"]}),
        (
            _("What the public reads"),
            {
                "fields": ["examples", "applicants", "not_funded", "papers"],
                "description": _(
                    "Amounts, kinds of applicants and declarations stand in the rules."
                ),
            },
        ),
        (_("Questions and end"), {"fields": ["email", "ended_on"]}),
        (_("Belongs to"), {"fields": ["agency", "prefix", "slug", "rank"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}  # a method: the name is a translated one

    @admin.display(description=_("at work"), boolean=True)
    def is_at_work(self, programme: Programme) -> bool:
        return programme.ended_on is None or programme.ended_on >= clock.today()

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            newest = newest_of(obj)
            if newest is not None:
                context["rules_url"] = reverse("admin:projects_ruleset_change", args=[newest.pk])
                context["rules_version"] = newest.version
            elif self.may_change(request, obj):
                add = reverse("admin:projects_ruleset_add")
                context["first_rules_url"] = f"{add}?programme={obj.pk}"
            context["public_url"] = reverse("projects:programme", args=[obj.slug])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
