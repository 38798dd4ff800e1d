"""The filters of the register of funded projects; every choice is in the address."""

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.filters import FilterForm, TextSelect
from contacts.snapshot import Snapshot
from projects.funded import town_of
from projects.models import FundedProject
from projects.terms import MeasureKind


class FundedFilter(django_filters.FilterSet):
    """By year, town, kind of measure and agency; a filter that would change nothing is left out."""

    jahr = django_filters.ChoiceFilter(
        field_name="year", label=_("Year"), empty_label=_("All years")
    )
    ort = django_filters.ChoiceFilter(label=_("Town"), empty_label=_("All towns"), method="in_town")
    art = django_filters.ChoiceFilter(
        field_name="measure_kind", label=_("Kind of project"), empty_label=_("All kinds")
    )
    stelle = django_filters.ChoiceFilter(
        field_name="agency__slug",
        label=_("Agency"),
        empty_label=_("All agencies"),
        widget=TextSelect,
    )

    class Meta:
        model = FundedProject
        fields = []
        form = FilterForm

    def __init__(self, data: QueryDict, *, snapshot: Snapshot) -> None:
        super().__init__(data, FundedProject.objects.published())
        self._areas: dict[str, list[int]] = {}
        for name, choices in self._choices(snapshot).items():
            if len(choices) < 2:
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = choices

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def in_town(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(area__in=self._areas[value])

    def _choices(self, snapshot: Snapshot) -> dict[str, list[tuple]]:
        found = FundedProject.objects.published().order_by()
        present = set(found.values_list("year", "measure_kind", "area", "agency").distinct())
        towns = {}
        for area in {area for _year, _kind, area, _agency in present if area}:
            town = town_of(area, snapshot.gazetteer)
            if town is not None:
                towns[town.slug] = town
                self._areas.setdefault(town.slug, []).append(area)
        kinds = {kind for _year, kind, _area, _agency in present}
        ids = {agency for _year, _kind, _area, agency in present}
        agencies = [agency for agency in snapshot.agencies.values() if agency.id in ids]
        return {
            "jahr": [(year, str(year)) for year in sorted({p[0] for p in present}, reverse=True)],
            "ort": [(t.slug, t.name) for t in sorted(towns.values(), key=lambda t: t.sort_key)],
            "art": [choice for choice in MeasureKind.choices if choice[0] in kinds],
            "stelle": [(agency.slug, agency.name) for agency in agencies],
        }
