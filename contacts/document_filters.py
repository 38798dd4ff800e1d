"""The filters of the list of documents; every choice is in the address."""

import datetime as dt

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.documents import Documents, DocumentView
from contacts.filters import FilterForm, TextSelect
from contacts.models import Document
from contacts.spoken import language_name

FORMER = "frueher"


class DocumentFilter(django_filters.FilterSet):
    """By agency, kind, year, language, and whether former ones are wanted.

    A filter with fewer than two choices would change nothing and is left out.
    """

    stelle = django_filters.ChoiceFilter(
        field_name="agency__slug",
        label=_("Agency"),
        empty_label=_("All agencies"),
        widget=TextSelect,
    )
    art = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind"), empty_label=_("All kinds")
    )
    jahr = django_filters.ChoiceFilter(
        field_name="issued", lookup_expr="startswith", label=_("Year"), empty_label=_("All years")
    )
    sprache = django_filters.ChoiceFilter(
        field_name="language", label=_("Language"), empty_label=_("All languages")
    )
    stand = django_filters.ChoiceFilter(
        label=_("Validity"), empty_label=_("Only current ones"), method="by_validity"
    )

    class Meta:
        model = Document
        fields = []
        form = FilterForm

    def __init__(self, data: QueryDict, *, documents: Documents, on: dt.date) -> None:
        super().__init__(data, Document.objects.published())
        self.documents, self.on = documents, on
        for name, choices in self._choices().items():
            if len(choices) < (1 if name == "stand" else 2):
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = choices

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def found(self) -> list[DocumentView]:
        """What fits, agency by agency, in the order in which each wants it."""
        every = list(self.documents.by_id.values())
        if self.is_filtered:
            fitting = set(self.qs.values_list("pk", flat=True))
            every = [document for document in every if document.id in fitting]
        former = self.form.cleaned_data.get("stand") if self.form.is_valid() else ""
        shown = every if former else [d for d in every if d.is_current(self.on)]
        return sorted(shown, key=lambda document: document.agency.slug)  # stable

    def by_validity(self, queryset, name: str, value: str):
        return queryset

    def _choices(self) -> dict[str, list[tuple]]:
        every = list(self.documents.by_id.values())
        kinds = {document.kind for document in every}
        years = {document.year for document in every if document.year}
        agencies = {document.agency.slug: document.agency.name for document in every}
        has_former = any(not document.is_current(self.on) for document in every)
        return {
            "stelle": sorted(agencies.items()),
            "art": [choice for choice in Document.Kind.choices if choice[0] in kinds],
            "jahr": [(year, year) for year in sorted(years, reverse=True)],
            "sprache": sorted((d, language_name(d)) for d in {d.language for d in every}),
            "stand": [(FORMER, _("Former ones, too"))] if has_former else [],
        }
