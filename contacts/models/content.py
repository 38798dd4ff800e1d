"""What an agency publishes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.agencies import Agency
from contacts.models.constraints import until_not_before_from
from contacts.models.scoping import TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked

validate_partial_date = RegexValidator(
    r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
    _("A year, a month or a day, such as 2019, 2019-05 or 2019-05-31."),
)


def validate_day(written: str) -> None:
    """Refuse a date that no calendar has, such as 31 February; "" is no date, and may be."""
    if not written:
        return
    try:
        dt.date.fromisoformat(f"{written}-01-01"[:10])
    except ValueError as error:
        raise ValidationError(validate_partial_date.message) from error


class Document(TranslatableModel):
    """A paper that an agency has published: what it is, of when, how large, and where it lies.

    `issued` is as exact as it is known: year, year-month or day (ISO). Of an uploaded file (a PDF)
    the server finds out `size_bytes`, `pages` and whether it `is_tagged`, so that a screen reader
    can follow it; without one, `size_bytes` is what the publisher says. None is unknown. `file` is
    a random name in the storage, `file_name` what people call it.
    """

    class Kind(models.TextChoices):
        CONCEPT = "concept", _("Concept")
        REPORT = "report", _("Report")
        GUIDE = "guide", _("Guide")
        LEAFLET = "leaflet", _("Leaflet")
        HANDOUT = "handout", _("Handout")
        FORM = "form", _("Form")
        MAP = "map", _("Map")

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    issued = models.CharField(
        _("of"),
        max_length=10,
        blank=True,
        validators=[validate_partial_date],
        help_text=_("A year, a month or a day, such as 2019, 2019-05 or 2019-05-31."),
    )
    language = models.CharField(_("language"), max_length=10, default="de")
    size_bytes = models.PositiveIntegerField(_("size in bytes"), null=True, blank=True)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, editable=False)
    is_tagged = models.BooleanField(
        _("prepared for screen readers"), null=True, blank=True, editable=False
    )
    file = models.FileField(_("file"), max_length=200, blank=True, editable=False)
    file_name = models.CharField(_("name of the file"), max_length=150, blank=True, editable=False)
    url = models.URLField(
        _("where it lies"),
        max_length=500,
        blank=True,
        help_text=_("Only where it is not uploaded here."),
    )
    valid_until = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("Afterwards it stands among the former ones."),
    )
    superseded_by = models.ForeignKey(
        "self",
        verbose_name=_("next edition"),
        on_delete=models.SET_NULL,
        related_name="supersedes",
        null=True,
        blank=True,
    )
    rank = models.PositiveSmallIntegerField(_("position in the list"), default=0)

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked(excluded_fields=["file", "file_name", "pages", "is_tagged"])

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["agency", "rank", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("pk")),
                name="document_is_not_its_own_next_edition",
                violation_error_message=_("A document is not its own next edition."),
            ),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("title", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("contacts:document", args=[self.slug])

    def clean(self) -> None:
        try:
            validate_day(self.issued)
        except ValidationError as error:
            raise ValidationError({"issued": error.messages}) from error
        newer = self.superseded_by
        if newer is not None and newer.agency_id != self.agency_id:
            raise ValidationError({"superseded_by": _("This document is of another agency.")})


class DocumentTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Document, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("in short"), max_length=500, blank=True)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title


class NewsItem(TranslatableModel):
    """What an agency tells, shown from `published_on`, and among what is current until
    `valid_until`; afterwards it stays at its address and in the list of former news.
    """

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="news"
    )
    published_on = models.DateField(
        _("shown from"), help_text=_("Nobody outside the agency sees it before this day.")
    )
    valid_until = models.DateField(
        _("current until"),
        null=True,
        blank=True,
        help_text=_("Afterwards it stands among the former news."),
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
        ordering = ["-published_on", "slug"]
        constraints = [
            until_not_before_from("news_ends_after_it_begins", "published_on", "valid_until"),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("title", default=self.slug, any_language=True)

    def get_absolute_url(self) -> str:
        return reverse("contacts:news_item", args=[self.slug])


class NewsItemTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        NewsItem, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in short"), max_length=300, blank=True)
    text = models.TextField(_("text"), help_text=_("An empty line begins a new paragraph."))

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title
