"""Buildings where people can be met, and when they are open."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.agencies import Agency
from contacts.models.constraints import validate_phone
from contacts.models.scoping import PublishedQuerySet, TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked


class YesNoUnknown(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not recorded")


class Office(TranslatableModel):
    """A building where people can be met. Letters may have to go somewhere else."""

    public_scope = "contacts"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="offices"
    )
    building = models.CharField(_("building"), max_length=120, blank=True)
    street = models.CharField(_("street and number"), max_length=120)
    postal_code = models.CharField(_("postal code"), max_length=5)
    city = models.CharField(_("town"), max_length=80)
    postal_street = models.CharField(
        _("street or box for letters"),
        max_length=120,
        blank=True,
        help_text=_("Only where letters go to another address."),
    )
    postal_postal_code = models.CharField(_("postal code for letters"), max_length=5, blank=True)
    postal_city = models.CharField(_("town for letters"), max_length=80, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    by_appointment = models.CharField(
        _("by appointment"),
        max_length=10,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    step_free = models.CharField(
        _("step-free access"),
        max_length=10,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    archived_on = models.DateField(
        _("out of use since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Kept for the record and old links; shown nowhere else."),
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["city", "street"]
        constraints = [
            models.CheckConstraint(
                condition=Q(postal_street="", postal_postal_code="", postal_city="")
                | (~Q(postal_street="") & ~Q(postal_postal_code="") & ~Q(postal_city="")),
                name="office_postal_address_is_complete",
                violation_error_message=_(
                    "The address for letters needs street or box, postal code and town."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city}, {self.street}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:office", args=[self.slug])


class OfficeTranslation(TranslatedFieldsModel):
    public_scope = "contacts"

    master = TranslationsForeignKey(
        Office, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    hours_note = models.CharField(_("note on opening hours"), max_length=300, blank=True)
    access_note = models.CharField(_("note on access"), max_length=300, blank=True)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name or str(self.master)


class OpeningHours(models.Model):
    """One span on one weekday; local time, from `opens` (inclusive) to `closes` (exclusive)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    public_scope = "contacts"
    agency_path = "office__agency"

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="hours"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))

    objects = PublishedQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="openinghours_close_after_opening",
                violation_error_message=_("The end has to be later than the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"
