"""What is funded: programmes and their rule sets.

A rule set is versioned as a whole. A call names the version that holds for it, and so does each
application: what was promised to an applicant does not change under them.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models import Agency
from contacts.models.scoping import (
    PublishedQuerySet,
    TranslatedPublishedQuerySet,
)
from portal.data_version import PublicQuerySet
from portal.history import Tracked
from projects.terms import (
    ApplicantType,
    CostKind,
    DeclarationKey,
    FundingKind,
    MeasureKind,
    StartRule,
)

TAKEN_SLUGS = frozenset({"pruefen", "projekte"})  # pages beside those of the programmes


def validate_programme_slug(slug: str) -> None:
    if slug in TAKEN_SLUGS:
        raise ValidationError(_("This key is the address of another page. Choose another one."))


def every_applicant_type() -> list[str]:
    return list(ApplicantType.values)


class Programme(TranslatableModel):
    """A pot of money with a purpose, such as the microprojects of a county."""

    public_scope = "content"
    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="programmes"
    )
    slug = models.SlugField(
        _("key in addresses"), unique=True, validators=[validate_programme_slug]
    )
    prefix = models.CharField(
        _("beginning of references"),
        max_length=4,
        default="MP",
        help_text=_("Two to four capital letters; every application’s number begins with them."),
    )
    email = models.EmailField(
        _("mailbox"), blank=True, help_text=_("Where questions about this programme are answered.")
    )
    rank = models.PositiveSmallIntegerField(_("place in lists"), default=100)
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["rank", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^[A-Z]{2,4}$"),
                name="programme_prefix_is_capitals",
                violation_error_message=_("Two to four capital letters, please."),
            ),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("name", any_language=True) or self.slug


class ProgrammeTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Programme, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=150)
    summary = models.TextField(_("what it is for"), blank=True)
    examples = models.TextField(
        _("examples of what is funded"), blank=True, help_text=_("One in each line.")
    )
    applicants = models.TextField(_("who may apply"), blank=True, help_text=_("One in each line."))
    not_funded = models.TextField(
        _("what is not funded"), blank=True, help_text=_("One in each line.")
    )
    papers = models.TextField(
        _("what you need"), blank=True, help_text=_("Papers and facts, one in each line.")
    )

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name


class RuleSet(models.Model):
    """The numbers, switches and texts of a programme, as of one version.

    Amounts are cents. A version that a call names is never changed: a change makes the next one.
    """

    public_scope = "content"
    agency_path = "programme__agency"

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="rule_sets"
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    applicant_types = models.JSONField(_("who may apply"), default=every_applicant_type)
    partner_types = models.JSONField(
        _("who needs a volunteer initiative as partner"), default=list, blank=True
    )
    start_rule = models.CharField(
        _("a project may begin"),
        max_length=20,
        choices=StartRule.choices,
        default=StartRule.AFTER_APPLICATION,
    )
    minimum_cents = models.PositiveBigIntegerField(
        _("smallest grant"), default=0, help_text=_("Nothing smaller is granted; 0 for no limit.")
    )
    own_share_percent = models.PositiveSmallIntegerField(
        _("own share"), default=0, help_text=_("Least share of the costs, in percent.")
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days for an answer"), default=14, help_text=_("Proposed when changes are asked for.")
    )
    proof_weeks = models.PositiveSmallIntegerField(
        _("weeks for the proof of use"),
        default=8,
        help_text=_("After the last day of the project."),
    )
    funding_kind = models.CharField(
        _("kind of funding"),
        max_length=10,
        choices=FundingKind.choices,
        default=FundingKind.GAP,
    )
    pays_after_finality = models.BooleanField(
        _("money flows only after the decision is final"),
        default=True,
        help_text=_("Or after the recipient has waived the objection."),
    )
    advance_months = models.PositiveSmallIntegerField(
        _("months for an advance"),
        default=2,
        help_text=_("Within so many months money that was paid in advance is spent."),
    )
    deviation_percent = models.PositiveSmallIntegerField(
        _("deviation to be explained"),
        default=20,
        help_text=_("A line of the plan that differs by more percent needs an explanation."),
    )
    trifle_cents = models.PositiveBigIntegerField(
        _("trifle"), default=1000, help_text=_("Up to this amount nothing is demanded back.")
    )
    receipts_years = models.PositiveSmallIntegerField(
        _("years for which receipts are kept"), default=5
    )
    keep_refused_years = models.PositiveSmallIntegerField(
        _("years for which refused and withdrawn applications are kept"), default=1
    )
    keep_grants_years = models.PositiveSmallIntegerField(
        _("years for which closed grants are kept"), default=5
    )
    authority = models.TextField(
        _("authority that decides"),
        blank=True,
        help_text=_(
            "Name and address, one line each, as letters name it. Objections are addressed to it; "
            "without it no decision can be issued."
        ),
    )
    repayment_account = models.TextField(
        _("account for repayments"),
        blank=True,
        help_text=_("Holder and IBAN, one line each. Without it nothing can be demanded back."),
    )
    archive_first = models.BooleanField(
        _("files are offered to the archive before they are erased"), default=False
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["programme", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "version"],
                name="ruleset_version_once",
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                condition=Q(own_share_percent__lte=100),
                name="ruleset_own_share_is_a_percentage",
                violation_error_message=_("A share is at most 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(programme)s, version %(version)s") % {
            "programme": self.programme,
            "version": self.version,
        }


class RuleSetPart(models.Model):
    """A row of a rule set, changed only with it."""

    public_scope = "content"
    agency_path = "rule_set__programme__agency"

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True


class MeasureType(RuleSetPart):
    """A kind of measure that is funded, and up to which amount."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="measure_types")
    kind = models.CharField(_("kind"), max_length=20, choices=MeasureKind.choices)
    ceiling_cents = models.PositiveBigIntegerField(_("highest grant"))

    class Meta:
        verbose_name = _("kind of measure")
        verbose_name_plural = _("kinds of measures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "kind"],
                name="measuretype_once",
                violation_error_message=_("This kind stands here already."),
            ),
            models.CheckConstraint(
                condition=Q(ceiling_cents__gt=0),
                name="measuretype_ceiling_above_nothing",
                violation_error_message=_("The highest grant is more than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CostCategory(RuleSetPart):
    """A kind of costs that counts; without a ceiling, as far as the grant goes."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="cost_categories")
    kind = models.CharField(_("kind"), max_length=20, choices=CostKind.choices)
    ceiling_cents = models.PositiveBigIntegerField(_("at most"), null=True, blank=True)

    class Meta:
        verbose_name = _("kind of costs")
        verbose_name_plural = _("kinds of costs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "kind"],
                name="costcategory_once",
                violation_error_message=_("This kind stands here already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Declaration(RuleSetPart):
    """The text of a declaration in one language. What has a text is asked for."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="declarations")
    key = models.CharField(_("declaration"), max_length=20, choices=DeclarationKey.choices)
    language = models.CharField(_("language"), max_length=15, default="de")
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "key", "language"],
                name="declaration_once_per_language",
                violation_error_message=_("This text exists already; change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.language})"
