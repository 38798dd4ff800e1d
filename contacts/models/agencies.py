"""Coordination offices as a whole, and the topics that may have a contact of their own.

All dates are local (Europe/Berlin) and inclusive at both ends; null means unknown or open.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.areas import Area
from contacts.models.constraints import until_not_before_from, validate_phone
from contacts.models.scoping import TranslatedPublishedQuerySet, TranslatedSharedQuerySet
from portal.colours import validate_accent
from portal.data_version import PublicQuerySet
from portal.history import Tracked


class Topic(TranslatableModel):
    """A subject with its own contact beside the general one, such as education."""

    public_scope = "contacts"

    slug = models.SlugField(_("name in the address"), unique=True)

    objects = TranslatableManager.from_queryset(TranslatedSharedQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.safe_translation_getter("name", default=self.slug, any_language=True)


class TopicTranslation(TranslatedFieldsModel):
    public_scope = "contacts"

    master = TranslationsForeignKey(
        Topic, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=100)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name


class Agency(TranslatableModel):
    """A coordination office ("Koordinierungsstelle") and what it is responsible for as a whole.

    It covers its `districts`: where nobody else answers, its central contact does. With an
    `ended_on` in the past it is finished: it is shown as such and never answers.
    """

    class State(models.TextChoices):
        SAXONY = "sachsen", "Sachsen"
        SAXONY_ANHALT = "sachsen-anhalt", "Sachsen-Anhalt"

    public_scope = "contacts"
    agency_path = "pk"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    short_name = models.CharField(_("abbreviation"), max_length=20, blank=True)
    parent_body = models.CharField(_("belongs to"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)
    districts = models.ManyToManyField(
        Area,
        verbose_name=_("covers"),
        related_name="agencies",
        limit_choices_to={"kind": Area.Kind.DISTRICT},
        help_text=_("Whoever asks for a place in these districts gets an answer from this agency."),
    )
    phone = models.CharField(
        _("central telephone"), max_length=30, blank=True, validators=[validate_phone]
    )
    fax = models.CharField(_("fax"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("central e-mail"), blank=True)
    website = models.URLField(_("web site"), blank=True)
    integreat_url = models.URLField(
        _("Integreat pages"),
        blank=True,
        help_text=_("Life in the county in many languages, where the county has such pages."),
    )
    started_on = models.DateField(_("first day"), null=True, blank=True)
    ended_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty while the agency is at work.")
    )
    state = models.CharField(
        _("federal state"),
        max_length=20,
        choices=State.choices,
        help_text=_("Decides which enforcement body and supervisory authority is named."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[validate_accent],
        help_text=_("Such as #0a5a63; refused when text on it would be hard to read."),
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked(m2m_fields=[districts])

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["slug"]
        constraints = [
            until_not_before_from("agency_ends_after_it_starts", "started_on", "ended_on"),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email=""),
                name="agency_can_be_reached",
                violation_error_message=_(
                    "Give a central telephone number or e-mail address: it is what people get when "
                    "nobody else is responsible."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("name", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("contacts:agency", args=[self.slug])


class AgencyTranslation(TranslatedFieldsModel):
    public_scope = "contacts"

    master = TranslationsForeignKey(
        Agency, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=200)
    area_label = models.CharField(
        _("region"), max_length=120, blank=True, help_text=_("Shown behind the name.")
    )
    summary = models.TextField(_("in short"), blank=True)
    tasks = models.TextField(_("tasks"), blank=True, help_text=_("One task a line."))
    network = models.TextField(
        _("network"),
        blank=True,
        help_text=_("Who works together, since when, what for. It stands above the groups."),
    )
    funding_notice = models.TextField(_("funding notice"), blank=True)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name
