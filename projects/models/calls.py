"""When applications are taken: calls, what is to be told about them, and leave to be late."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.scoping import AgencyQuerySetBase, TranslatedPublishedQuerySet
from portal.data_version import PublicQuerySet
from portal.history import Tracked
from projects.models.funding import Programme, RuleSet
from projects.states import CallState

TAKING = frozenset({CallState.OPEN, CallState.PAUSED})  # applications


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
    payouts_until = models.DateField(
        _("payouts asked for until"),
        null=True,
        blank=True,
        help_text=_("The last day on which money can be asked for. Empty: no such day."),
    )

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
