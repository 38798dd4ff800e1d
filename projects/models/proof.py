"""The proof of use: the report, the receipts, what was sent of them, and how it was checked.

Amounts are cents, dates are local and inclusive.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.content import Attachment
from projects.models.grant import Grant, PlanLine
from projects.models.scoping import CaseQuerySet
from projects.models.unalterable import UnalterableModel


class Proof(models.Model):
    """What the recipient writes: `answers` as typed, field name to list of texts.

    `revision` counts the saves, as in a section of an application. `query` is what the office asks,
    `query_until` the last day for it; `list_file` a scan of the lists of participants, which goes
    when the check is done.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    grant = models.OneToOneField(Grant, on_delete=models.CASCADE, related_name="proof")
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    query = models.TextField(_("what the office asks"), max_length=5000, blank=True)
    query_until = models.DateField(_("answer until"), null=True, blank=True)
    lists = models.ManyToManyField(
        Attachment, verbose_name=_("lists of participants"), blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of use")
        verbose_name_plural = _("proofs of use")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.grant)


class Receipt(models.Model):
    """A line of the list of receipts: what was paid, or came in, for a line of the plan.

    A refund lowers what was spent; its amount is written as a positive one.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment")
        REFUND = "refund", _("refund")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="receipts")
    number = models.PositiveSmallIntegerField(_("number"))
    line = models.ForeignKey(
        PlanLine, verbose_name=_("line of the plan"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.PAYMENT)
    paid_on = models.DateField(_("paid on"))
    invoiced_on = models.DateField(_("date of the invoice"), null=True, blank=True)
    payee = models.CharField(_("to or from whom"), max_length=150)
    purpose = models.CharField(_("what for"), max_length=200)
    amount_cents = models.PositiveBigIntegerField(_("amount"))
    file = models.ForeignKey(
        Attachment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["grant", "paid_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "number"],
                name="receipt_number_once",
                violation_error_message=_("This receipt exists already."),
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0),
                name="receipt_above_nothing",
                violation_error_message=_("Enter an amount above 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant} {self.number}"


class ProofVersion(UnalterableModel):
    """What was sent in as proof of use, as it stood, and the document that shows it."""

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="proof_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    submission_key = models.UUIDField(unique=True)
    content = models.JSONField(_("content"))
    digest = models.CharField(max_length=64)
    pdf = models.BinaryField(_("document"))
    pdf_digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(_("submitted"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("version of a proof of use")
        verbose_name_plural = _("versions of proofs of use")
        ordering = ["grant", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "number"],
                name="proofversion_number_once",
                violation_error_message=_("This version exists already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant} v{self.number}"


class Settlement(models.Model):
    """How a proof of use was checked: what is recognised, and how much of the award is left.

    `lines` maps the position of a line of costs to `{"recognised_cents", "reason"}`. `need_cents`
    is what the grant has to cover, at most the award; `unspent_cents` is what was paid beyond it.
    Where something is cut, it counts once somebody else has confirmed it.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="settlements")
    version = models.ForeignKey(ProofVersion, on_delete=models.CASCADE, related_name="+")
    lines = models.JSONField(_("lines of the plan"), default=dict)
    recognised_cents = models.PositiveBigIntegerField(_("recognised costs"))
    income_cents = models.PositiveBigIntegerField(_("other money"))
    need_cents = models.PositiveBigIntegerField(_("grant that was needed"))
    unspent_cents = models.PositiveBigIntegerField(_("unspent"))
    is_cut = models.BooleanField(_("something is cut"), default=False)
    reason = models.TextField(_("result of the check"), max_length=5000, blank=True)
    checked_at = models.DateTimeField(_("checked"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_back_at = models.DateTimeField(_("sent back"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a proof of use")
        verbose_name_plural = _("checks of proofs of use")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("checked_by")),
                name="settlement_two_people",
                violation_error_message=_("Whoever has checked it does not confirm it."),
            ),
            models.UniqueConstraint(
                fields=["grant"],
                condition=Q(sent_back_at__isnull=True),
                name="settlement_one_that_counts",
                violation_error_message=_("This proof of use has been checked already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grant)
