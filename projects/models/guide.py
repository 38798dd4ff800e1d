"""The guide of local offers, and the projects of an agency.

Dates are local (Europe/Berlin) and inclusive; null is unknown or open. Times of day are local.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models import Agency, Area, Document, Office
from contacts.models.constraints import until_not_before_from, validate_phone
from contacts.models.offices import OpeningHours, YesNoUnknown
from contacts.models.scoping import PublishedQuerySet, TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked

TEXT_LENGTH = 2000


class OfferKind(models.TextChoices):
    MEETING = "meeting", _("Meeting place or café")
    GERMAN = "german", _("Learning German")
    HOMEWORK = "homework", _("Help with homework")
    ADVICE = "advice", _("Advice")
    COMPANY = "company", _("Company and sponsorship")
    FAMILY = "family", _("Children and families")
    WOMEN = "women", _("For women")
    SPORT = "sport", _("Sport")
    CULTURE = "culture", _("Art, music and culture")
    WORK = "work", _("Work and training")
    GOODS = "goods", _("Clothes, food and furniture")
    INTERPRETING = "interpreting", _("Interpreting")
    OTHER = "other", _("Something else")


class TargetGroup(models.TextChoices):
    EVERYONE = "everyone", _("Everyone")
    NEWCOMERS = "newcomers", _("People new in Germany")
    CHILDREN = "children", _("Children")
    YOUTH = "youth", _("Young people")
    WOMEN = "women", _("Women")
    MEN = "men", _("Men")
    FAMILIES = "families", _("Families")
    SENIORS = "seniors", _("Older people")
    VOLUNTEERS = "volunteers", _("Volunteers")


class OfferState(models.TextChoices):
    SUBMITTED = "submitted", _("waits for release")
    PUBLISHED = "published", _("published")
    DECLINED = "declined", _("not taken over")
    ENDED = "ended", _("ended")


class OfferQuerySet(TranslatedPublishedQuerySet):
    """The public sees what has been released; staff see what lies with their agencies."""

    def published(self):
        return self.filter(state=OfferState.PUBLISHED)


class Offer(TranslatableModel):
    """Something local that people can go to: who does it, for whom, where and when.

    `area` is the place in whose list it stands. `submitter_email` is how the agency reaches
    whoever entered it, and is never public. `confirmed_on` is the day on which somebody last said
    that all of it is right. `target_groups` and `languages` are lists of keys (`TargetGroup`,
    language codes).
    """

    class Cost(models.TextChoices):
        FREE = "free", _("free of charge")
        FEE = "fee", _("costs something")
        UNKNOWN = "unknown", _("not recorded")

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="offers"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState.choices, default=OfferState.SUBMITTED
    )
    kind = models.CharField(_("kind"), max_length=20, choices=OfferKind.choices)
    provider = models.CharField(_("who offers it"), max_length=200)
    target_groups = models.JSONField(_("for whom"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.PROTECT, related_name="+"
    )
    venue = models.CharField(_("building or room"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    by_appointment = models.BooleanField(_("by appointment"), default=False)
    cost = models.CharField(_("cost"), max_length=10, choices=Cost.choices, default=Cost.UNKNOWN)
    step_free = models.CharField(
        _("step-free access"),
        max_length=10,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("web site"), blank=True)
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    submitter_name = models.CharField(_("entered by"), max_length=120, blank=True)
    submitter_email = models.EmailField(
        _("e-mail for questions"), blank=True, help_text=_("Never shown to the public.")
    )
    submitted_at = models.DateTimeField(_("entered"), null=True, blank=True)
    # Drawn when the form was opened, so that the same form sent twice is one offer.
    nonce = models.CharField(max_length=32, blank=True, default="", editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    asked_on = models.DateField(
        _("asked for confirmation on"), null=True, blank=True, editable=False
    )

    objects = TranslatableManager.from_queryset(OfferQuerySet)()
    history = Tracked(
        excluded_fields=["submitter_name", "submitter_email", "nonce"],
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["slug"]
        indexes = [models.Index(fields=["state", "kind"], name="offer_state_kind")]
        constraints = [
            until_not_before_from("offer_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["nonce"], condition=~Q(nonce=""), name="offer_once_a_form"
            ),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("title", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("projects:offer", args=[self.slug])


class OfferTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Offer, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what is offered"), max_length=TEXT_LENGTH, blank=True)
    times_note = models.CharField(_("note on the times"), max_length=300, blank=True)
    cost_note = models.CharField(_("note on the cost"), max_length=200, blank=True)
    access_note = models.CharField(_("note on access"), max_length=300, blank=True)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title


class OfferTimeQuerySet(PublishedQuerySet):
    """Times belong to their offer: the public sees those of what has been released."""

    def published(self):
        return self.filter(offer__state=OfferState.PUBLISHED)


class OfferTime(models.Model):
    """When an offer takes place, again and again; local time, `closes` is the end."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        FORTNIGHTLY = "fortnightly", _("every two weeks")
        MONTHLY = "monthly", _("once a month")

    public_scope = "content"
    agency_path = "offer__agency"

    offer = models.ForeignKey(
        Offer, verbose_name=_("offer"), on_delete=models.CASCADE, related_name="times"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=OpeningHours.Weekday.choices)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"), null=True, blank=True)
    rhythm = models.CharField(
        _("how often"), max_length=12, choices=Rhythm.choices, default=Rhythm.WEEKLY
    )

    objects = OfferTimeQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("time")
        verbose_name_plural = _("times")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__isnull=True) | Q(closes__gt=F("opens")),
                name="offertime_ends_after_it_begins",
                violation_error_message=_("The end has to be later than the beginning."),
            ),
        ]

    def __str__(self) -> str:
        until = f"–{self.closes:%H:%M}" if self.closes else ""
        return f"{self.get_weekday_display()} {self.opens:%H:%M}{until}"


class Project(TranslatableModel):
    """Something that an agency did or does for a time, such as work in one quarter of a city."""

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="projects"
    )
    area = models.ForeignKey(
        Area,
        verbose_name=_("place"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    website = models.URLField(_("web site"), max_length=500, blank=True)
    see_also = models.URLField(_("see also"), max_length=500, blank=True)
    documents = models.ManyToManyField(
        Document, verbose_name=_("documents"), related_name="projects", blank=True
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked(m2m_fields=[documents])

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-starts_on", "slug"]
        constraints = [
            until_not_before_from("project_ends_after_it_starts", "starts_on", "ends_on"),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("title", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.slug])


class ProjectTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Project, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("in short"), blank=True)
    commissioned_by = models.CharField(_("commissioned by"), max_length=300, blank=True)
    funders = models.TextField(_("funders"), blank=True, help_text=_("One a line."))
    goals = models.TextField(_("goals"), blank=True, help_text=_("One a line."))
    steps = models.TextField(_("steps of work"), blank=True, help_text=_("One a line."))
    later_steps = models.TextField(_("added on the way"), blank=True, help_text=_("One a line."))

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title


class ProjectContact(models.Model):
    """Whom one could or can reach about a project, from when to when."""

    public_scope = "content"
    agency_path = "project__agency"

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("part"), max_length=200, blank=True)
    office = models.ForeignKey(
        Office,
        verbose_name=_("office"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail"), blank=True)
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = PublishedQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("contact of a project")
        verbose_name_plural = _("contacts of projects")
        ordering = [F("valid_until").desc(nulls_first=True), "name"]
        constraints = [until_not_before_from("projectcontact_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name
