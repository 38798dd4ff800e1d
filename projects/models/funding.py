"""What is funded and when: programmes, their rule sets, and the calls for applications.

A rule set is versioned as a whole. A call names the version that holds for it, and so does each
application: what was promised to an applicant does not change under them.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models import Agency
from contacts.models.scoping import (
    AgencyQuerySetBase,
    PublishedQuerySet,
    TranslatedPublishedQuerySet,
)
from portal.data_version import PublicQuerySet
from portal.history import Tracked
from projects.states import CallState
from projects.terms import (
    ApplicantType,
    CostKind,
    DeclarationKey,
    MeasureKind,
    StartRule,
)

TAKING = frozenset({CallState.OPEN, CallState.PAUSED})  # applications
TAKEN_SLUGS = frozenset({"pruefen"})  # pages beside those of the programmes


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


class CallQuerySet(TranslatedPublishedQuerySet):
    def published(self):
        """A draft is nobody's business yet."""
        return self.exclude(state=CallState.DRAFT)


def state_at(
    state: str, opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime
) -> CallState:
    """The state of a call at the instant `now`, by the clock: the job that writes it comes later.

    A paused call takes applications, and closes like an open one.
    """
    if state == CallState.DRAFT:
        return CallState.DRAFT
    if state == CallState.CLOSED or now >= closes_at:
        return CallState.CLOSED
    if now < opens_at:
        return CallState.ANNOUNCED
    return CallState.PAUSED if state == CallState.PAUSED else CallState.OPEN


class Call(TranslatableModel):
    """A span of time in which applications are taken.

    `opens_at` and `closes_at` are UTC instants, half-open: an application counts while
    `now < closes_at`. Measures lie between the local dates `measures_from` and `measures_until`,
    both inclusive.
    """

    public_scope = "content"
    agency_path = "rule_set__programme__agency"

    rule_set = models.ForeignKey(
        RuleSet, verbose_name=_("rule set"), on_delete=models.PROTECT, related_name="calls"
    )
    slug = models.SlugField(_("key in addresses"), unique=True)
    budget_year = models.PositiveSmallIntegerField(_("budget year"))

    state = models.CharField(
        _("state"), max_length=10, choices=CallState.choices, default=CallState.DRAFT
    )
    state_since = models.DateTimeField(
        _("in this state since"), null=True, blank=True, editable=False
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(
        _("closes"), help_text=_("The first instant at which it is too late.")
    )
    measures_from = models.DateField(_("measures from"))
    measures_until = models.DateField(_("measures until"))

    objects = TranslatableManager.from_queryset(CallQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-closes_at", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="call_opens_before_it_closes",
                violation_error_message=_("A call opens before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(measures_from__lte=F("measures_until")),
                name="call_measures_begin_before_they_end",
                violation_error_message=_("The first day lies before the last one."),
            ),
        ]

    def __str__(self) -> str:
        return self.safe_translation_getter("title", any_language=True) or self.slug

    @property
    def programme(self) -> Programme:
        return self.rule_set.programme

    def takes_applications(self, now: dt.datetime) -> bool:
        """Whether an application may be sent at the instant `now`; also while it is paused."""
        return self.state_at(now) in TAKING

    def state_at(self, now: dt.datetime) -> CallState:
        """The state at the instant `now`, by the clock (see `state_at` of this module)."""
        return state_at(self.state, self.opens_at, self.closes_at, now)


class CallTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Call, on_delete=models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=150)
    note = models.TextField(_("what applies to this call"), blank=True)
    pause_reason = models.TextField(
        _("reason of the pause"), blank=True, help_text=_("The public reads it.")
    )

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.title


class CallNotice(models.Model):
    """What has happened to a call and is to be mailed to those who have begun an application.

    The verb that lets it happen writes the row, in its own transaction; the job of `projects.calls`
    writes the mails, and `done_at` when every one is written. `at` is the instant that it is about:
    that of the change, or the one at which the call closes.
    """

    agency_path = "call__rule_set__programme__agency"

    class Event(models.TextChoices):
        OPENS = "opens", _("open")
        CLOSES_SOON = "closes-soon", _("closes in seven days")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("goes on")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(_("what"), max_length=12, choices=Event.choices)
    at = models.DateTimeField(_("when"))
    done_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("notice of a call")
        verbose_name_plural = _("notices of calls")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "event", "at"],
                name="callnotice_once",
                violation_error_message=_("This is being told already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.get_event_display()}"


class LatePermit(models.Model):
    """Leave to send one application after its call has closed, until the instant `until` (UTC)."""

    agency_path = "application__agency"

    application = models.OneToOneField(
        "projects.Application", on_delete=models.CASCADE, related_name="late_permit"
    )
    until = models.DateTimeField(_("may be sent until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    granted_at = models.DateTimeField(_("granted"))

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("late permit")
        verbose_name_plural = _("late permits")

    def __str__(self) -> str:
        return str(self.application)
