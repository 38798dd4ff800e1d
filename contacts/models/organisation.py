"""Who there is: agencies, offices, posts, the people who hold them, and when.

A person is not a post. When a colleague leaves, the post keeps its towns, its number and its
mailbox; only the `Tenure` ends.

All dates are local (Europe/Berlin) and inclusive at both ends; null means unknown or open.
"""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.areas import Area
from contacts.models.scoping import (
    PublishedQuerySet,
    TranslatedPublishedQuerySet,
    TranslatedSharedQuerySet,
)
from portal.colours import validate_accent
from portal.data_version import PublicQuerySet

validate_phone = RegexValidator(
    r"^\+?[0-9][0-9 ()/\-]{3,29}$",
    _("Write the number with digits, spaces and hyphens only, such as 03433 241-3431."),
)


def until_not_before_from(name: str, start: str = "valid_from", end: str = "valid_until"):
    """The constraint that a span of dates does not end before it begins."""
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True})
        | Q(**{f"{end}__isnull": True})
        | Q(**{f"{end}__gte": F(start)}),
        name=name,
        violation_error_message=_("The last day lies before the first day."),
    )


class Topic(TranslatableModel):
    """A subject with its own contact beside the general one, such as education."""

    public_scope = "contacts"

    slug = models.SlugField(_("name in the address"), unique=True)

    objects = TranslatableManager.from_queryset(TranslatedSharedQuerySet)()

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
    funding_notice = models.TextField(_("funding notice"), blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name


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

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()

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


class Post(TranslatableModel):
    """A position in an agency: what towns, a number and a mailbox belong to."""

    class Staffing(models.TextChoices):
        FILLED = "filled", _("filled")
        VACANT = "vacant", _("vacant")
        PLANNED = "planned", _("planned")

    public_scope = "contacts"
    agency_path = "agency"

    slug = models.SlugField(
        _("name in the address"),
        max_length=80,
        unique=True,
        help_text=_("Part of public links, so it does not name the person."),
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="posts"
    )
    office = models.ForeignKey(
        Office,
        verbose_name=_("office"),
        on_delete=models.PROTECT,
        related_name="posts",
        null=True,
        blank=True,
    )
    deputy = models.ForeignKey(
        "self",
        verbose_name=_("deputy"),
        on_delete=models.PROTECT,
        related_name="deputy_of",
        null=True,
        blank=True,
        help_text=_("Answers while this post is vacant."),
    )
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), related_name="posts", blank=True
    )
    abbreviation = models.CharField(_("abbreviation"), max_length=20, blank=True)
    provider = models.CharField(
        _("run by"),
        max_length=200,
        blank=True,
        help_text=_("Only where another body provides the service for the agency."),
    )
    room = models.CharField(_("room"), max_length=20, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    phone_alternative = models.CharField(
        _("second telephone"), max_length=30, blank=True, validators=[validate_phone]
    )
    fax = models.CharField(_("fax"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail"), blank=True)
    staffing = models.CharField(
        _("staffing"),
        max_length=10,
        choices=Staffing.choices,
        default=Staffing.FILLED,
        help_text=_("A filled post answers even when its holder is not recorded."),
    )
    leads = models.BooleanField(_("leads the team"), default=False)
    rank = models.PositiveSmallIntegerField(_("position in the team"), default=0)
    confirmed_on = models.DateField(
        _("contact confirmed on"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody last checked that all of this is right."),
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["agency", "rank", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("pk")),
                name="post_is_not_its_own_deputy",
                violation_error_message=_("A post cannot be its own deputy."),
            ),
        ]

    def __str__(self) -> str:
        title = self.safe_translation_getter("title", default=self.slug, any_language=True)
        return f"{self.abbreviation} – {title}" if self.abbreviation else title

    def get_absolute_url(self) -> str:
        return reverse("contacts:post", args=[self.slug])

    def clean(self) -> None:
        if self.office and self.office.agency_id != self.agency_id:
            raise ValidationError({"office": _("This office belongs to another agency.")})


class PostTranslation(TranslatedFieldsModel):
    public_scope = "contacts"

    master = TranslationsForeignKey(
        Post, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=160)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title


class Person(models.Model):
    """Someone who holds posts. Only service data belong here: no private numbers, no photo."""

    public_scope = "contacts"
    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="people"
    )
    name = models.CharField(_("name"), max_length=120)
    user = models.OneToOneField(
        "portal.User",
        verbose_name=_("account"),
        on_delete=models.SET_NULL,
        related_name="person",
        null=True,
        blank=True,
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SpokenLanguage(models.Model):
    """A language that a person speaks with visitors."""

    public_scope = "contacts"
    agency_path = "person__agency"

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="languages"
    )
    code = models.CharField(
        _("language"),
        max_length=10,
        validators=[RegexValidator(r"^[a-z]{2,3}$", _("Two or three small letters, such as ar."))],
        help_text=_("Language code, such as ar, en or uk."),
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("spoken language")
        verbose_name_plural = _("spoken languages")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["person", "code"], name="spokenlanguage_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Tenure(models.Model):
    """A person holds a post from–until, both days included; null is unknown or open."""

    public_scope = "contacts"
    agency_path = "post__agency"

    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.CASCADE, related_name="tenures"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="tenures"
    )
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("holder")
        verbose_name_plural = _("holders")
        ordering = ["post", F("valid_from").asc(nulls_first=True)]
        constraints = [until_not_before_from("tenure_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.person}: {self.post}"


class Absence(models.Model):
    """A person is away from–until, both days included; the stand-in post is shown first.

    Why somebody is away is nobody's business and has no field.
    """

    public_scope = "contacts"
    agency_path = "person__agency"

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="absences"
    )
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    stand_in = models.ForeignKey(
        Post,
        verbose_name=_("stand-in"),
        on_delete=models.PROTECT,
        related_name="standing_in",
        null=True,
        blank=True,
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-valid_from"]
        constraints = [until_not_before_from("absence_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.person} {self.valid_from}–{self.valid_until or ''}"
