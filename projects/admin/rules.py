"""Rule sets in the administration: one form; what is in use gets a next version."""

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import NeverDeleted, ScopedAdmin
from contacts.admin.search import FoldedSearch
from portal import clock
from projects import money, rule_versions
from projects.admin.rule_forms import (
    LANGUAGES,
    RuleSetForm,
    ceiling_name,
    cost_ceiling_name,
    cost_name,
    text_name,
)
from projects.admin.shared import FundingAdmin
from projects.models import Programme, RuleSet
from projects.terms import ApplicantType, CostKind, DeclarationKey, MeasureKind

MONEY_FIELDS = [
    "authority",
    "repayment_account",
    "funding_kind",
    "pays_after_finality",
    "advance_months",
    "deviation_percent",
    "trifle_cents",
    "receipts_years",
]
KEEPING_FIELDS = ["keep_refused_years", "keep_grants_years", "archive_first"]


def _declaration_fieldset(key: DeclarationKey) -> tuple:
    return (
        format_lazy(gettext_lazy("Declaration: {what}"), what=key.label),
        {"fields": [tuple(text_name(key, code) for code in LANGUAGES)], "classes": ["texts"]},
    )


@admin.register(RuleSet)
class RuleSetAdmin(FundingAdmin, NeverDeleted, FoldedSearch, ScopedAdmin):
    form = RuleSetForm
    rank = 3
    list_display = ["__str__", "note", "made", "number_of_calls", "is_newest"]
    list_filter = [AgencyFilter]
    search_fields = ["programme__translations__name", "programme__slug", "note"]
    settled_fields = ("programme",)
    fieldsets = [
        (gettext_lazy("Which rules these are"), {"fields": ["programme", "note"]}),
        (gettext_lazy("Who may apply"), {"fields": ["applicant_types", "partner_types"]}),
        (
            gettext_lazy("Highest grant"),
            {
                "fields": [ceiling_name(kind) for kind in MeasureKind],
                "description": gettext_lazy("In euros, such as 5.000. Empty: not funded."),
                "classes": ["amounts"],
            },
        ),
        (
            gettext_lazy("Costs that count"),
            {
                "fields": [(cost_name(kind), cost_ceiling_name(kind)) for kind in CostKind],
                "description": gettext_lazy("Where there is a limit for one kind, in euros."),
                "classes": ["amounts"],
            },
        ),
        (
            gettext_lazy("Conditions and time limits"),
            {
                "fields": [
                    "start_rule",
                    "minimum_cents",
                    "own_share_percent",
                    "answer_days",
                    "proof_weeks",
                ]
            },
        ),
        (gettext_lazy("Money and proof of use"), {"fields": MONEY_FIELDS}),
        (gettext_lazy("How long cases are kept"), {"fields": KEEPING_FIELDS}),
        *(_declaration_fieldset(key) for key in DeclarationKey),
    ]
    read_fieldsets = [
        (
            gettext_lazy("Which rules these are"),
            {"fields": ["programme", "version", "note", "created_at", "created_by"]},
        ),
        (
            gettext_lazy("What they say"),
            {
                "fields": [
                    "may_apply",
                    "need_partners",
                    "highest_grants",
                    "costs",
                    "start_rule",
                    "least",
                    "own_share_percent",
                    "answer_days",
                    "proof_weeks",
                ]
            },
        ),
        (
            gettext_lazy("Money and proof of use"),
            {"fields": ["trifle" if name == "trifle_cents" else name for name in MONEY_FIELDS]},
        ),
        (gettext_lazy("How long cases are kept"), {"fields": KEEPING_FIELDS}),
        (gettext_lazy("Declarations"), {"fields": ["declaration_texts"]}),
    ]

    # Rows ----------------------------------------------------------------------------------------

    def get_queryset(self, request):
        newer = RuleSet.objects.filter(
            programme=OuterRef("programme"), version__gt=OuterRef("version")
        )
        return (
            super()
            .get_queryset(request)
            .select_related("programme__agency", "created_by")
            .prefetch_related("programme__translations")
            .annotate(calls_count=Count("calls", distinct=True), is_outdated=Exists(newer))
        )

    def choices_for(self, model, request):
        """Rules are begun for programmes that have none; afterwards there are versions."""
        choices = super().choices_for(model, request)
        return choices.filter(rule_sets__isnull=True) if model is Programme else choices

    def has_change_permission(self, request, obj=None) -> bool:
        """Only the newest version: a change of another one would undo what came after it."""
        is_outdated = getattr(obj, "is_outdated", False)  # what was just made is not
        return super().has_change_permission(request, obj) and not is_outdated

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, rules: RuleSet):
        return rules.created_at

    @admin.display(description=gettext_lazy("calls"), ordering="calls_count")
    def number_of_calls(self, rules: RuleSet) -> int:
        return rules.calls_count

    @admin.display(description=gettext_lazy("newest"), boolean=True)
    def is_newest(self, rules: RuleSet) -> bool:
        return not rules.is_outdated

    # Saving --------------------------------------------------------------------------------------

    def save_model(self, request, obj: RuleSet, form, change: bool) -> None:
        who = {"by": request.user, "now": clock.now(), "note": form.cleaned_data["note"]}
        if change:
            saved = rule_versions.save(obj, form.content, **who)
        else:
            saved = rule_versions.create(obj.programme, form.content, **who)
        obj.is_next = change and saved.pk != obj.pk
        obj.pk, obj.version = saved.pk, saved.version

    def response_change(self, request, obj: RuleSet):
        if not obj.is_next:
            return super().response_change(request, obj)
        text = _("The former version is in use and stays as it is. This is now version %d.")
        self.message_user(request, text % obj.version, messages.SUCCESS)
        name = "change" if "_continue" in request.POST else "changelist"
        arguments = [obj.pk] if name == "change" else []
        return HttpResponseRedirect(reverse(f"admin:projects_ruleset_{name}", args=arguments))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["is_used"] = rule_versions.is_used(obj)
            context["next_version"] = obj.version + 1
            if obj.is_outdated:
                newest = rule_versions.newest_of(obj.programme)
                context["newest_url"] = reverse("admin:projects_ruleset_change", args=[newest.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # To read -------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Who may apply"))
    def may_apply(self, rules: RuleSet) -> str:
        return _listed(ApplicantType(key).label for key in rules.applicant_types)

    @admin.display(description=gettext_lazy("Who needs a volunteer initiative as partner"))
    def need_partners(self, rules: RuleSet) -> str:
        return _listed(ApplicantType(key).label for key in rules.partner_types)

    @admin.display(description=gettext_lazy("Highest grant"))
    def highest_grants(self, rules: RuleSet) -> str:
        return _listed(
            f"{row.get_kind_display()}: {money.shown(row.ceiling_cents)}"
            for row in rules.measure_types.all()
        )

    @admin.display(description=gettext_lazy("Costs that count"))
    def costs(self, rules: RuleSet) -> str:
        return _listed(
            f"{row.get_kind_display()}: {money.shown(row.ceiling_cents)}"
            if row.ceiling_cents
            else row.get_kind_display()
            for row in rules.cost_categories.all()
        )

    @admin.display(description=gettext_lazy("Smallest grant"))
    def least(self, rules: RuleSet) -> str:
        return money.shown(rules.minimum_cents) if rules.minimum_cents else ""

    @admin.display(description=gettext_lazy("Trifle"))
    def trifle(self, rules: RuleSet) -> str:
        return money.shown(rules.trifle_cents)

    @admin.display(description=gettext_lazy("Declarations"))
    def declaration_texts(self, rules: RuleSet) -> str:
        rows = ((row.language, row.text) for row in rules.declarations.all())
        return format_html("<ul>{}</ul>", format_html_join("", '<li lang="{}">{}</li>', rows))


def _listed(lines) -> str:
    lines = [(line,) for line in lines]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines)) if lines else ""
