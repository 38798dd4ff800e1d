"""Places, their names and postal codes. An editor adds an alias, or a part of a town, in a moment.

Places belong to no agency: everybody on the staff sees all, and editors change those in the
districts that their agencies cover. Municipalities and districts come from official data.
"""

from django.contrib import admin
from django.db.models import Q
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from contacts.admin.filters import AnswerFilter
from contacts.admin.scoped import ReadOnly, Scoped, ScopedAdmin, ScopedInline
from contacts.admin.search import PlaceSearch
from contacts.models import (
    Area,
    District,
    DocumentedGap,
    Locality,
    Municipality,
    PlaceName,
    PostalCode,
    Quarter,
    Responsibility,
    Source,
)
from contacts.names import search_keys
from contacts.roles import agencies_of
from contacts.slugs import german_slug
from portal import clock
from portal.seen import SeenModelForm


class InOwnDistricts(Scoped):
    """Changed by editors of the agencies that cover the district; `area_of` leads to the place."""

    def own_districts(self, request) -> frozenset[int]:
        if not hasattr(request, "_own_districts"):
            agencies = agencies_of(request.user, self.changed_by)
            covered = Area.objects.filter(agencies__in=agencies).values_list("pk", flat=True)
            request._own_districts = frozenset(covered)
        return request._own_districts

    def area_of(self, obj) -> Area:
        return obj

    def may_change(self, request, obj=None) -> bool:
        if not self.may_look(request):
            return False
        if request.user.is_superuser:
            return True
        if obj is None:
            return bool(self.own_districts(request))
        return any(step.pk in self.own_districts(request) for step in ladder(self.area_of(obj)))

    def choices_for(self, model, request):
        choices = super().choices_for(model, request)
        if issubclass(model, Area) and not request.user.is_superuser:
            choices = choices.in_districts(self.own_districts(request))
        return choices


def ladder(area: Area | None):
    while area is not None:
        yield area
        area = area.parent


class PlaceNameFormSet(BaseInlineFormSet):
    """Says of a name that is there twice what the constraint says of it."""

    def get_unique_error_message(self, unique_check) -> str:
        return self.get_form_error()

    def get_form_error(self) -> str:
        return next(
            str(rule.violation_error_message)
            for rule in PlaceName._meta.constraints
            if rule.name == "placename_once_per_area"
        )


class PlaceNameInline(InOwnDistricts, ScopedInline):
    model = PlaceName
    formset = PlaceNameFormSet
    fields = ["text", "kind", "language", "source", "noted_on"]
    extra = 1
    verbose_name_plural = _("Names that lead here")


class PlaceForm(SeenModelForm):
    """A place of one kind; a new part of a town gets its key and address from its name."""

    kind = ""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = self.kind

    def clean(self):
        cleaned = super().clean()
        parent, name = cleaned.get("parent"), cleaned.get("name")
        if self.instance.pk is None and "key" not in self.fields and parent and name:
            slug = german_slug(name)
            key = f"{town_key(parent)}-{slug}"
            if not slug or Area.objects.filter(key=key).exists():
                self.add_error("name", _("This town has a part of this name already."))
            self.instance.key, self.instance.slug = key, slug
        return cleaned


def town_key(area: Area) -> str:
    """The AGS of the municipality that `area` is, or is a part of."""
    return area.key.partition("-")[0]


class PlaceAdmin(PlaceSearch, InOwnDistricts, ScopedAdmin):
    """What the admin classes of all kinds of places have in common; `kind` is an `Area.Kind`."""

    kind: str
    task = "places"
    form = PlaceForm
    list_display = ["name", "parent", "codes", "key"]
    search_fields = ["name"]
    search_help_text = _("Any name, a postal code, or the beginning of the AGS")
    autocomplete_fields = ["parent", "postal_codes", "successor"]
    settled_fields = ("key", "slug", "parent")
    inlines = [PlaceNameInline]
    fieldsets = [
        (None, {"fields": ["name", "parent", "postal_codes"]}),
        (_("Today and before"), {"fields": ["valid_until", "successor"]}),
        (_("Where it lies"), {"fields": [("latitude", "longitude")]}),
        (
            _("Key and address"),
            {
                "fields": ["key", "slug"],
                "description": _("Other data and public links depend on them, so they stay."),
            },
        ),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).defer("boundary")
        return found.select_related("parent__parent").prefetch_related("postal_codes")

    def has_delete_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser and self.may_look(request)

    def choices_for(self, model, request):
        choices = super().choices_for(model, request)
        return choices.select_related("parent") if issubclass(model, Area) else choices

    @admin.display(description=_("postal codes"))
    def codes(self, area: Area) -> str:
        return ", ".join(code.code for code in area.postal_codes.all())

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.kind = self.kind  # a class of this request's own
        return form

    def save_related(self, request, form, formsets, change) -> None:
        """A place is always found by the name that it carries."""
        super().save_related(request, form, formsets, change)
        place = form.instance
        if not place.names.filter(text=place.name).exists():
            place.names.create(
                text=place.name, kind=PlaceName.Kind.OFFICIAL, noted_on=clock.today()
            )


class OfficialPlaceAdmin(PlaceAdmin):
    """Created from official data only; a superuser may add one by its AGS."""

    settled_fields = ("key", "slug")
    superuser_fields = ("parent", "valid_until", "successor")

    def has_add_permission(self, request) -> bool:
        return request.user.is_superuser and self.may_look(request)


@admin.register(District)
class DistrictAdmin(OfficialPlaceAdmin):
    kind = Area.Kind.DISTRICT
    rank = 4
    list_display = ["name", "state", "key"]
    fieldsets = [
        (None, {"fields": ["name", "official_kind", "state"]}),
        *PlaceAdmin.fieldsets[1:],
    ]


@admin.register(Municipality)
class MunicipalityAdmin(OfficialPlaceAdmin):
    kind = Area.Kind.MUNICIPALITY
    rank = 1
    list_filter = [AnswerFilter, ("parent", admin.RelatedOnlyFieldListFilter)]
    fieldsets = [
        (None, {"fields": ["name", "official_kind", "parent", "state", "postal_codes"]}),
        *PlaceAdmin.fieldsets[1:],
    ]


class PartAdmin(PlaceAdmin):
    """A part of a town: an editor may add one."""

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:1]


@admin.register(Quarter)
class QuarterAdmin(PartAdmin):
    kind = Area.Kind.QUARTER
    rank = 3


@admin.register(Locality)
class LocalityAdmin(PartAdmin):
    kind = Area.Kind.LOCALITY
    rank = 2
    list_display = ["name", "parent", "codes", "is_former_municipality", "key"]
    list_filter = ["is_former_municipality"]


@admin.register(Area)
class AreaAdmin(PlaceSearch, ReadOnly, ScopedAdmin):
    """Answers the choice of a place in other forms; not in the menu, since each kind has a list."""

    list_display = ["name", "kind", "parent"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("boundary").select_related("parent")

    def get_model_perms(self, request) -> dict:
        return {}

    covered_only = {
        (Responsibility._meta.model_name, "area"),
        (DocumentedGap._meta.model_name, "area"),
    }

    def get_search_results(self, request, queryset, search_term):
        """Towns first; for a rule or a known gap, only the places that the agency covers."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        asking = request.GET.get("model_name"), request.GET.get("field_name")
        if asking in self.covered_only and not request.user.is_superuser:
            found = found.in_districts(
                Area.objects.filter(agencies__in=agencies_of(request.user)).values("pk")
            )
        return found.order_by("-kind", "name"), duplicates


@admin.register(PlaceName)
class PlaceNameAdmin(InOwnDistricts, ScopedAdmin):
    task = "places"
    rank = 5
    list_display = ["text", "area", "kind", "language", "source", "noted_on"]
    list_filter = ["kind"]
    search_fields = ["key1", "key2"]
    search_help_text = _("A name in any spelling")
    autocomplete_fields = ["area"]
    settled_fields = ("area",)
    list_select_related = ["area__parent"]
    fieldsets = [
        (None, {"fields": ["text", "area", "kind", "language"]}),
        (_("Where this is known from"), {"fields": ["source", "noted_on"]}),
    ]

    def area_of(self, obj: PlaceName) -> Area:
        return obj.area

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        key1, key2 = search_keys(search_term)
        if not key1:
            return queryset.none(), False
        return queryset.filter(Q(key1__contains=key1) | Q(key2__contains=key2)), False


@admin.register(PostalCode)
class PostalCodeAdmin(ScopedAdmin):
    task = "places"
    rank = 6
    list_display = ["code", "places", "successor"]
    search_fields = ["code__startswith"]
    autocomplete_fields = ["successor"]
    list_select_related = ["successor"]
    settled_fields = ("code",)
    fieldsets = [(None, {"fields": ["code", "successor"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("areas")

    def may_change(self, request, obj=None) -> bool:
        return request.user.is_superuser and self.may_look(request)

    @admin.display(description=_("places"))
    def places(self, code: PostalCode) -> str:
        return ", ".join(area.name for area in code.areas.all())


@admin.register(Source)
class SourceAdmin(ReadOnly, ScopedAdmin):
    task = "places"
    rank = 7
    list_display = ["title", "publisher", "licence", "as_of", "dataset"]
    search_fields = ["title", "publisher"]
