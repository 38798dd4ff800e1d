"""Money that goes to the recipient, and money that comes back. Amounts are cents."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.decision import Letter
from projects.models.grant import Grant
from projects.models.scoping import CaseQuerySet
from projects.states import PayoutState

PERSON = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+"}


class Payout(models.Model):
    """An instalment: asked for by the recipient, certified by one person, ordered by another.

    `iban` is kept without blanks. Where it is another one than last time, `is_other_account` is
    set, and somebody confirms it (`confirmed_at`) before the money is certified.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    class Mode(models.TextChoices):
        ADVANCE = "advance", _("for payments that are due soon")
        REIMBURSEMENT = "reimbursement", _("for what has been paid already")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="payouts")
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=10, choices=PayoutState.choices, default=PayoutState.REQUESTED
    )
    changed_at = models.DateTimeField(_("in this state since"))
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    mode = models.CharField(_("what for"), max_length=15, choices=Mode.choices)
    spent_cents = models.PositiveBigIntegerField(_("spent so far"), default=0)
    expected_until = models.DateField(_("to be spent until"), null=True, blank=True)
    holder = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField(_("IBAN"), max_length=34)
    holder_reason = models.CharField(_("why somebody else’s account"), max_length=300, blank=True)
    is_other_account = models.BooleanField(_("another account than before"), default=False)
    confirmed_at = models.DateTimeField(_("account confirmed"), null=True, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    certified_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    certified_at = models.DateTimeField(_("certified"), null=True, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    exported_at = models.DateTimeField(_("handed to the cash office"), null=True, blank=True)
    paid_on = models.DateField(_("paid"), null=True, blank=True)
    reason = models.CharField(
        _("reason"), max_length=500, blank=True, help_text=_("Of a refusal or a bounce.")
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["grant", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "number"],
                name="payout_number_once",
                violation_error_message=_("This payout exists already."),
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0),
                name="payout_above_nothing",
                violation_error_message=_("Ask for more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(ordered_by__isnull=True) | ~Q(ordered_by=F("certified_by")),
                name="payout_two_people",
                violation_error_message=_("Whoever has certified it does not order it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False),
                name="payout_paid_has_a_day",
                violation_error_message=_("Say on which day it was paid."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant} {self.number}"


class Claim(models.Model):
    """Money that is demanded back: proposed by one person, ordered by another.

    `due_on` is a local date, inclusive, set with the letter.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    grant = models.OneToOneField(Grant, on_delete=models.CASCADE, related_name="claim")
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    reason = models.TextField(_("reason"), max_length=5000)
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    letter = models.OneToOneField(
        Letter, on_delete=models.CASCADE, null=True, blank=True, related_name="claim"
    )
    due_on = models.DateField(_("to be paid until"), null=True, blank=True)
    paid_on = models.DateField(_("paid back"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0),
                name="claim_above_nothing",
                violation_error_message=_("Nothing cannot be demanded back."),
            ),
            models.CheckConstraint(
                condition=Q(ordered_by__isnull=True) | ~Q(ordered_by=F("proposed_by")),
                name="claim_two_people",
                violation_error_message=_("Whoever has proposed it does not order it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grant)
