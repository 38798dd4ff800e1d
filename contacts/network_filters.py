"""The filters of the list of partners; every choice is in the address."""

import datetime as dt

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.filters import FilterForm, TextSelect
from contacts.models import Organisation
from contacts.models.network import PartnerKind
from contacts.network.published import Network, OrganisationView
from contacts.places import Place


class PartnerFilter(django_filters.FilterSet):
    """By agency, kind of partner, and town. A filter with fewer than two choices is left out."""

    stelle = django_filters.ChoiceFilter(
        field_name="agency__slug",
        label=_("Agency"),
        empty_label=_("All agencies"),
        widget=TextSelect,
    )
    art = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind of partner"), empty_label=_("All kinds")
    )
    ort = django_filters.ChoiceFilter(label=_("Town"), empty_label=_("All towns"), method="in_town")

    class Meta:
        model = Organisation
        fields = []
        form = FilterForm

    def __init__(self, data: QueryDict, *, network: Network, on: dt.date) -> None:
        super().__init__(data, Organisation.objects.published())
        self.listed = network.partners(on)
        for name, choices in self._choices().items():
            if len(choices) < 2:
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = choices

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def found(self) -> list[OrganisationView]:
        """What fits, by name."""
        if not self.is_filtered:
            return self.listed
        fitting = set(self.qs.values_list("pk", flat=True))
        return [partner for partner in self.listed if partner.id in fitting]

    def in_town(self, queryset, name: str, value: str):
        found = [p.id for p in self.listed if (town := _town(p)) and town.slug == value]
        return queryset.filter(pk__in=found)

    def _choices(self) -> dict[str, list[tuple]]:
        kinds = {partner.kind for partner in self.listed}
        agencies = {partner.agency.slug: partner.agency.name for partner in self.listed}
        towns = {town.slug: town for partner in self.listed if (town := _town(partner))}
        return {
            "stelle": sorted(agencies.items()),
            "art": [choice for choice in PartnerKind.choices if choice[0] in kinds],
            "ort": [(t.slug, t.name) for t in sorted(towns.values(), key=lambda t: t.sort_key)],
        }


def _town(partner: OrganisationView) -> Place | None:
    return partner.place.municipality if partner.place else None
