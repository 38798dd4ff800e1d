"""What has been granted: the grant, its plan, changes to it, and leave to be later.

Amounts are cents, dates are local and inclusive, instants are UTC.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.application import Application
from projects.models.budget import Budget
from projects.models.decision import Letter
from projects.models.scoping import CaseQuerySet
from projects.states import AmendmentState, GrantState


class Grant(models.Model):
    """What an approval creates. `award_cents` is what may be paid in all.

    `final_on` is the first day on which nobody can object any more, None until it is known;
    `waived_at` when the recipient gave up the objection. `proof_due_on` never moves: a later day is
    an `Extension`.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="grant")
    budget = models.ForeignKey(
        Budget, verbose_name=_("budget"), on_delete=models.PROTECT, related_name="grants"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=GrantState.choices, default=GrantState.ANNOUNCED
    )
    changed_at = models.DateTimeField(_("in this state since"))
    recognised_cents = models.PositiveBigIntegerField(_("recognised costs"))
    award_cents = models.PositiveBigIntegerField(_("grant"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    proof_due_on = models.DateField(_("proof of use until"))
    granted_at = models.DateTimeField(_("granted"))
    final_on = models.DateField(_("final"), null=True, blank=True)
    waived_at = models.DateTimeField(_("objection waived"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-granted_at", "-pk"]
        indexes = [models.Index(fields=["state", "proof_due_on"], name="grant_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(award_cents__lte=F("recognised_cents")),
                name="grant_within_the_costs",
                violation_error_message=_("A grant lies within the costs."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="grant_begins_before_it_ends",
                violation_error_message=_("The first day lies before the last one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class PlanLine(models.Model):
    """A line of the approved plan: of costs, or of money beside the grant.

    `kind` is a `CostKind` or an `IncomeKind`. `applied_cents` is what the applicant had written.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    class Side(models.TextChoices):
        COSTS = "costs", _("costs")
        INCOME = "income", _("money")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="lines")
    side = models.CharField(_("side"), max_length=6, choices=Side.choices)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20)
    description = models.CharField(_("what for"), max_length=200, blank=True)
    applied_cents = models.PositiveBigIntegerField(_("applied for"))
    approved_cents = models.PositiveBigIntegerField(_("approved"))
    note = models.CharField(_("note of the office"), max_length=300, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the plan")
        verbose_name_plural = _("lines of the plan")
        ordering = ["grant", "side", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "side", "position"],
                name="planline_once",
                violation_error_message=_("This line exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.kind


class Amendment(models.Model):
    """A change that the recipient asks for; what is None or empty stays as it is.

    `lines` maps the position of a line of costs to its new amount. A caseworker checks it
    (`checked_by`), somebody else decides.
    """

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="amendments")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=AmendmentState.choices,
        default=AmendmentState.REQUESTED,
    )
    changed_at = models.DateTimeField(_("in this state since"))
    reason = models.TextField(_("reason"), max_length=5000)
    starts_on = models.DateField(_("new first day"), null=True, blank=True)
    ends_on = models.DateField(_("new last day"), null=True, blank=True)
    award_cents = models.PositiveBigIntegerField(_("new grant"), null=True, blank=True)
    lines = models.JSONField(_("new plan"), default=dict, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    advice = models.TextField(_("advice of the caseworker"), max_length=5000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_reason = models.TextField(_("reason of the decision"), max_length=5000, blank=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.CASCADE, null=True, blank=True, related_name="amendment"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=Q(state="requested"),
                name="amendment_one_open",
                violation_error_message=_("A change has been asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("checked_by")),
                name="amendment_two_people",
                violation_error_message=_("Whoever has checked it does not decide it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grant)


class Extension(models.Model):
    """A later day than the one that was set, with its reason; the latest row counts."""

    case_path = "grant__application"
    agency_path = "grant__application__agency"

    class What(models.TextChoices):
        PROOF = "proof", _("proof of use")
        QUERY = "query", _("answer about the proof of use")
        REPAYMENT = "repayment", _("repayment")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="extensions")
    what = models.CharField(_("of what"), max_length=10, choices=What.choices)
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"), max_length=1000)
    granted_at = models.DateTimeField(_("granted"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.grant)
