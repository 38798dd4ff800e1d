"""Posts, the people who hold them, and when.

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

from contacts.models.agencies import Agency, Topic
from contacts.models.constraints import until_not_before_from, validate_phone
from contacts.models.offices import Office
from contacts.models.scoping import PublishedQuerySet, TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked


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
    archived_on = models.DateField(
        _("out of use since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Kept for the record and old links; shown nowhere else."),
    )

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked(m2m_fields=[topics])

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
        errors = {}
        if self.office and self.office.agency_id != self.agency_id:
            errors["office"] = _("This office belongs to another agency.")
        if self.deputy and self.deputy.agency_id != self.agency_id:
            errors["deputy"] = _("This post belongs to another agency.")
        if not self.archived_on and self.office and self.office.archived_on:
            errors["office"] = _("This office is out of use.")
        if not self.archived_on and self.deputy and self.deputy.archived_on:
            errors["deputy"] = _("This post is out of use.")
        if errors:
            raise ValidationError(errors)


class PostTranslation(TranslatedFieldsModel):
    public_scope = "contacts"

    master = TranslationsForeignKey(
        Post, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=160)

    objects = PublicQuerySet.as_manager()
    history = Tracked()

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
    history = Tracked()

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
    history = Tracked()

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
    history = Tracked()

    class Meta:
        verbose_name = _("holder")
        verbose_name_plural = _("holders")
        ordering = ["post", F("valid_from").asc(nulls_first=True)]
        constraints = [until_not_before_from("tenure_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.person}: {self.post}"

    def clean(self) -> None:
        post, person = known(self, "post"), known(self, "person")
        if post and person and person.agency_id != post.agency_id:
            raise ValidationError({"person": _("This person belongs to another agency.")})

    def overlaps(self, other: "Tenure") -> bool:
        """Whether the two share a day, both ends included; null is an open end."""
        return _not_after(self.valid_from, other.valid_until) and _not_after(
            other.valid_from, self.valid_until
        )


def _not_after(start, end) -> bool:
    return start is None or end is None or start <= end


def known(row: models.Model, name: str):
    """What the foreign key `name` of `row` leads to, or None while nothing is chosen."""
    field = row._meta.get_field(name)
    chosen = field.is_cached(row) or getattr(row, field.attname) is not None
    return getattr(row, name) if chosen else None


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
    history = Tracked()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-valid_from"]
        constraints = [until_not_before_from("absence_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.person} {self.valid_from}–{self.valid_until or ''}"

    def clean(self) -> None:
        person = known(self, "person")
        if person is None or self.stand_in is None:
            return
        if self.stand_in.agency_id != person.agency_id:
            raise ValidationError({"stand_in": _("This post belongs to another agency.")})
        gone = self.stand_in.archived_on
        if gone and (self.valid_until is None or self.valid_until > gone):
            raise ValidationError({"stand_in": _("This post is out of use.")})
        if person.pk and self._is_their_own_post():
            raise ValidationError(
                {"stand_in": _("The person who is away holds this post: choose another one.")}
            )

    def _is_their_own_post(self) -> bool:
        """Whether the stand-in is a post that the person holds while they are away."""
        away = Tenure(valid_from=self.valid_from, valid_until=self.valid_until)
        own = Tenure.objects.filter(post=self.stand_in, person=self.person)
        return any(away.overlaps(tenure) for tenure in own)
