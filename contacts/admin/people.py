"""People, the languages they speak with visitors, and when they are away."""

from babel import Locale
from django import forms
from django.contrib import admin
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedAdmin, ScopedInline
from contacts.admin.search import FoldedSearch
from contacts.admin.staffing_pages import PersonPages
from contacts.models import (
    Absence,
    Person,
    SpokenLanguage,
    Tenure,
)
from contacts.names import search_keys
from contacts.published import in_force
from contacts.spoken import language_name
from portal import clock


def language_choices() -> list[tuple[str, str]]:
    """Every language with a code of two or three letters, by its name in the user's language."""
    codes = (code for code in Locale("en").languages if code.isalpha() and len(code) <= 3)
    named = ((code, language_name(code)) for code in codes)
    return sorted(named, key=lambda choice: search_keys(choice[1]))


class SpokenLanguageInline(ScopedInline):
    model = SpokenLanguage
    fields = ["code"]
    verbose_name_plural = _("Languages spoken with visitors")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "code":
            return forms.ChoiceField(
                label=db_field.verbose_name, choices=[("", "–"), *language_choices()]
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class AbsenceInline(ScopedInline):
    model = Absence
    fields = ["valid_from", "valid_until", "stand_in"]
    autocomplete_fields = ["stand_in"]
    verbose_name_plural = _("Absences (the reason is nobody's business)")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


@admin.register(Person)
class PersonAdmin(PersonPages, FoldedSearch, ScopedAdmin):
    task = "contacts"
    rank = 3
    list_display = ["name", "posts_today", "away", "agency"]
    list_filter = [AgencyFilter]
    search_fields = ["name", "tenures__post__translations__title"]
    inlines = [AbsenceInline, SpokenLanguageInline]
    settled_fields = ("agency",)
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "agency"],
                "description": _(
                    "Telephone, mailbox and towns belong to the post, so that they stay when a "
                    "colleague leaves."
                ),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """Only who sees all accounts can connect one."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            title, options = fieldsets[0]
            fieldsets[0] = (title, {**options, "fields": [*options["fields"], "user"]})
        return fieldsets

    def get_queryset(self, request):
        tenures = Tenure.objects.select_related("post").prefetch_related("post__translations")
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related(
            "agency__translations", "absences", Prefetch("tenures", tenures)
        )

    @admin.display(description=_("holds"))
    def posts_today(self, person: Person) -> str:
        today = clock.today()
        return ", ".join(
            str(tenure.post)
            for tenure in person.tenures.all()
            if in_force(tenure.valid_from, tenure.valid_until, today)
        )

    @admin.display(description=_("away today"), boolean=True)
    def away(self, person: Person) -> bool:
        today = clock.today()
        return any(
            in_force(absence.valid_from, absence.valid_until, today)
            for absence in person.absences.all()
        )
