"""Places: districts, municipalities, their parts, and the names and codes that lead there."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models.scoping import SharedQuerySet
from contacts.names import search_keys
from portal.history import Tracked


class Source(models.Model):
    """Where bundled data come from, with the attribution that has to be shown."""

    public_scope = "places"

    key = models.SlugField(_("key"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    url = models.URLField(_("address"), blank=True)
    licence = models.CharField(_("licence"), max_length=200)
    licence_url = models.URLField(_("address of the licence"), blank=True)
    as_of = models.CharField(_("state of the data"), max_length=40, blank=True)
    attribution = models.CharField(_("attribution"), max_length=300, blank=True)
    changes_de = models.CharField(_("what was changed (German)"), max_length=500, blank=True)
    changes_en = models.CharField(_("what was changed (English)"), max_length=500, blank=True)
    dataset = models.CharField(_("data set"), max_length=100)
    rank = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["rank", "key"]

    def __str__(self) -> str:
        return self.title


class AreaQuerySet(SharedQuerySet):
    def in_districts(self, districts) -> "AreaQuerySet":
        """The districts themselves and whatever lies in them, down to parts of quarters."""
        own = Q(pk__in=districts)
        for steps in range(1, 4):
            own |= Q(**{"__".join(["parent"] * steps) + "__in": districts})
        return self.filter(own)


class Area(models.Model):
    """A place somebody may be responsible for.

    The key is official and never changes: five digits of the AGS for a district, eight for a
    municipality, eight digits and a slug for a quarter or a locality. `parent` makes the ladder
    that the resolver climbs: locality → quarter → municipality → district.

    Validity: `valid_until` is the last day on which the area existed, local and inclusive; null
    means that it still does. A former municipality that lives on as a part of another is a locality
    of that one, with `is_former_municipality`, not an area that has ended.
    """

    class Kind(models.TextChoices):
        DISTRICT = "district", _("district")
        MUNICIPALITY = "municipality", _("municipality")
        QUARTER = "quarter", _("quarter")
        LOCALITY = "locality", _("part of a town")

    public_scope = "places"

    key = models.CharField(
        _("key"), max_length=120, unique=True, help_text=_("AGS, or AGS and a slug.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("name in the address"),
        max_length=140,
        help_text=_("Part of public links; it stays as it was at first load."),
    )
    official_kind = models.CharField(
        _("official kind"), max_length=60, blank=True, help_text=_("Such as “Große Kreisstadt”.")
    )
    state = models.CharField(_("federal state"), max_length=60, blank=True)
    is_former_municipality = models.BooleanField(_("was a municipality of its own"), default=False)
    postal_codes = models.ManyToManyField(
        "PostalCode", verbose_name=_("postal codes"), related_name="areas", blank=True
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True, help_text="WGS 84")
    longitude = models.FloatField(_("longitude"), null=True, blank=True, help_text="WGS 84")
    boundary = models.JSONField(
        _("boundary"),
        null=True,
        blank=True,
        help_text=_("GeoJSON geometry; coordinates are longitude, latitude (WGS 84)."),
    )
    label_point = models.JSONField(
        _("label point"), null=True, blank=True, help_text=_("[longitude, latitude]")
    )
    neighbours = models.ManyToManyField("self", verbose_name=_("neighbours"), blank=True)
    valid_until = models.DateField(_("existed until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        on_delete=models.PROTECT,
        related_name="predecessors",
        null=True,
        blank=True,
    )

    objects = AreaQuerySet.as_manager()
    history = Tracked(
        excluded_fields=["boundary", "label_point", "latitude", "longitude"],
        m2m_fields=[postal_codes],
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="district", parent__isnull=True)
                | (~Q(kind="district") & Q(parent__isnull=False)),
                name="area_only_a_district_has_no_parent",
                violation_error_message=_(
                    "A district stands alone; every other place is part of another one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="area_point_has_both_coordinates",
                violation_error_message=_("Give both coordinates, in degrees, or none."),
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(kind="municipality"),
                name="area_municipality_slug_unique",
                violation_error_message=_("Another municipality has this name in its address."),
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(kind="district"),
                name="area_district_slug_unique",
            ),
            models.UniqueConstraint(
                fields=["parent", "slug"],
                condition=Q(kind__in=["quarter", "locality"]),
                name="area_part_slug_unique_in_parent",
                violation_error_message=_("This town has a part with this name in its address."),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.LOCALITY and self.parent_id:
            return f"{self.name} ({self.parent.name})"
        return self.name

    def get_absolute_url(self) -> str:
        """The public page: a map for a district, a town page for the others (one query a step)."""
        if self.kind == self.Kind.DISTRICT:
            return reverse("contacts:district_map", args=[self.slug])
        municipality = self.municipality
        if municipality == self:
            return reverse("contacts:municipality", args=[self.slug])
        return reverse("contacts:locality", args=[municipality.slug, self.slug])

    @property
    def municipality(self) -> "Area | None":
        area = self
        while area is not None and area.kind in (self.Kind.QUARTER, self.Kind.LOCALITY):
            area = area.parent
        return area if area is not None and area.kind == self.Kind.MUNICIPALITY else None

    def clean(self) -> None:
        ranks = list(self.Kind.values)
        if self.parent and ranks.index(self.parent.kind) >= ranks.index(self.kind):
            raise ValidationError(
                {"parent": _("A place can only be part of a larger kind of place.")}
            )


class AreaOfKind(models.Manager):
    """The manager of a proxy: only the areas of its kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> AreaQuerySet:
        return AreaQuerySet(self.model, using=self._db).filter(kind=self.kind)


class District(Area):
    objects = AreaOfKind(Area.Kind.DISTRICT)

    class Meta:
        proxy = True
        verbose_name = _("district")
        verbose_name_plural = _("districts")


class Municipality(Area):
    objects = AreaOfKind(Area.Kind.MUNICIPALITY)

    class Meta:
        proxy = True
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")


class Quarter(Area):
    objects = AreaOfKind(Area.Kind.QUARTER)

    class Meta:
        proxy = True
        verbose_name = _("quarter")
        verbose_name_plural = _("quarters")


class Locality(Area):
    objects = AreaOfKind(Area.Kind.LOCALITY)

    class Meta:
        proxy = True
        verbose_name = _("part of a town")
        verbose_name_plural = _("parts of towns")


class PlaceName(models.Model):
    """A name that leads to a place, with the two keys it is found by (see `contacts.names`)."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official")
        SHORT = "short", _("short form or other spelling")
        FORMER = "former", _("former name")
        FOREIGN = "foreign", _("in another script or language")

    public_scope = "places"

    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.CASCADE, related_name="names"
    )
    text = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.SHORT)
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Language code, such as uk or ar.")
    )
    source = models.CharField(_("source"), max_length=120, blank=True)
    noted_on = models.DateField(_("noted on"), null=True, blank=True)
    key1 = models.CharField(_("search key 1"), max_length=200, editable=False, db_index=True)
    key2 = models.CharField(_("search key 2"), max_length=200, editable=False)

    objects = SharedQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("place name")
        verbose_name_plural = _("place names")
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "text"],
                name="placename_once_per_area",
                violation_error_message=_("This name leads to this place already."),
            ),
            models.CheckConstraint(
                condition=~Q(key1=""),
                name="placename_has_a_key",
                violation_error_message=_("A name needs letters or digits to be found by."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, **kwargs) -> None:
        """The keys are derived data: they are always those of the text."""
        self.key1, self.key2 = search_keys(self.text)
        super().save(**kwargs)

    def clean(self) -> None:
        if not search_keys(self.text)[0]:
            raise ValidationError({"text": _("A name needs letters or digits to be found by.")})


class PostalCode(models.Model):
    """A postal code. It is no administrative area: it may lead to several municipalities.

    A withdrawn code leads to the places that had it, and names its successor.
    """

    public_scope = "places"

    code = models.CharField(_("postal code"), max_length=5, unique=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("replaced by"),
        on_delete=models.PROTECT,
        related_name="predecessors",
        null=True,
        blank=True,
        help_text=_("Only for a code that has been withdrawn."),
    )

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = _("postal code")
        verbose_name_plural = _("postal codes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{5}$"),
                name="postalcode_has_five_digits",
                violation_error_message=_("A German postal code has five digits."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
