"""The network of an agency as everybody may see it: its partners and its groups.

Dates are local (Europe/Berlin) and inclusive; null is unknown or open.
"""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.agencies import Agency
from contacts.models.areas import Area
from contacts.models.constraints import until_not_before_from, validate_phone
from contacts.models.scoping import TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked


class PartnerKind(models.TextChoices):
    COUNTY = "county", _("Department of the county")
    MUNICIPALITY = "municipality", _("Town or municipality")
    JOBCENTRE = "jobcentre", _("Jobcentre")
    EDUCATION = "education", _("Provider of education")
    WELFARE = "welfare", _("Welfare body")
    SPORT = "sport", _("Sports club")
    INTERCULTURAL = "intercultural", _("Intercultural association")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood association")
    SOCIAL = "social", _("Social association")
    MIGRANTS = "migrants", _("Migrant organisation")
    VOLUNTEERS = "volunteers", _("Initiative of volunteers")
    COMPANY = "company", _("Company")
    BUSINESS = "business", _("Business association")
    POLITICS = "politics", _("Political body")
    OTHER = "other", _("Other partner")


class OrganisationQuerySet(TranslatedPublishedQuerySet):
    def published(self) -> Self:
        """Only whoever wants to be listed is."""
        return self.filter(is_listed=True)


class Organisation(TranslatableModel):
    """A partner of an agency. `is_listed`: it has agreed to stand on public pages."""

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="partners"
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind of partner"), max_length=20, choices=PartnerKind.choices)
    area = models.ForeignKey(
        Area,
        verbose_name=_("place"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("web site"), blank=True)
    is_listed = models.BooleanField(
        _("stands on public pages"),
        default=False,
        help_text=_("Only with the consent of the organisation."),
    )

    objects = TranslatableManager.from_queryset(OrganisationQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrganisationTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="translations", null=True
    )
    summary = models.CharField(_("what it does"), max_length=500, blank=True)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.summary


class WorkingGroupQuerySet(TranslatedPublishedQuerySet):
    def at_work(self, on: dt.date) -> Self:
        """Groups that have not ended before the day `on`."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))


class WorkingGroup(TranslatableModel):
    """A steering group or working group of a network; its page is public, its papers are not."""

    class Kind(models.TextChoices):
        STEERING = "steering", _("Steering group")
        STANDING = "standing", _("Standing working group")
        WORKING = "working", _("Working group")

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="groups"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    rank = models.PositiveSmallIntegerField(_("position in the list"), default=0)
    started_on = models.DateField(_("first day"), null=True, blank=True)
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    objects = TranslatableManager.from_queryset(WorkingGroupQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["agency", "rank", "slug"]
        constraints = [
            until_not_before_from("group_ends_after_it_starts", "started_on", "ended_on"),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("name", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("contacts:group", args=[self.slug])


class WorkingGroupTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        WorkingGroup, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=160)
    tasks = models.TextField(_("tasks"), blank=True, help_text=_("One task a line."))

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name
