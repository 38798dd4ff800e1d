"""The decision on an application: what is proposed, the letters, and what is said against them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.application import Application
from projects.models.content import ApplicationVersion
from projects.models.scoping import CaseQuerySet
from projects.models.unalterable import UnalterableModel
from projects.states import ObjectionState


class Proposal(models.Model):
    """What a caseworker proposes to decide, on the version that they have checked.

    Amounts are cents. `lines` holds, in the order of the plan, `{"approved_cents", "note"}` per
    line of costs; `checklist` the keys of `projects.terms.CheckKey` that are fulfilled. Open until
    it is decided or taken back; meanwhile its amount is reserved, but not on the waiting list.
    """

    case_path = "application"
    agency_path = "application__agency"

    class Kind(models.TextChoices):
        GRANT = "grant", _("grant")
        REFUSAL = "refusal", _("refusal")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="proposals")
    version = models.ForeignKey(ApplicationVersion, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("proposal"), max_length=10, choices=Kind.choices)
    recognised_cents = models.PositiveBigIntegerField(_("recognised costs"), default=0)
    amount_cents = models.PositiveBigIntegerField(_("grant"), default=0)
    lines = models.JSONField(_("lines of the plan"), default=list, blank=True)
    checklist = models.JSONField(_("checked"), default=list, blank=True)
    reason = models.TextField(_("reason"), max_length=10000)
    conditions = models.TextField(_("special conditions"), max_length=5000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("proposed"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(settled_at__isnull=True),
                name="proposal_one_open",
                violation_error_message=_("A decision has been proposed already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="refusal", amount_cents=0)
                | Q(kind="grant", amount_cents__gt=0, amount_cents__lte=F("recognised_cents")),
                name="proposal_grants_within_the_costs",
                violation_error_message=_("A grant lies above nothing and within the costs."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class Letter(UnalterableModel):
    """A letter of the office as it was issued: its content, and the document that shows it.

    `digest` is the SHA-256 of `content` in its canonical form, `pdf_digest` that of `pdf`. It is
    rendered once, before it is stored, and never again.
    """

    case_path = "application"
    agency_path = "application__agency"

    class Kind(models.TextChoices):
        GRANT = "grant", _("grant decision")
        PARTIAL_GRANT = "partial-grant", _("partial grant decision")
        REFUSAL = "refusal", _("refusal")
        AMENDMENT = "amendment", _("decision on a change")
        HEARING = "hearing", _("hearing")
        REPAYMENT = "repayment", _("demand for repayment")
        REVOCATION = "revocation", _("revocation")
        OBJECTION = "objection", _("decision on an objection")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="letters")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    content = models.JSONField(_("content"))
    digest = models.CharField(max_length=64)
    pdf = models.BinaryField(_("document"))
    pdf_digest = models.CharField(max_length=64)
    dated = models.DateField(_("date of the letter"))
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"],
                name="letter_number_once",
                violation_error_message=_("This letter exists already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_kind_display()}"


class Delivery(models.Model):
    """How a letter reached its reader, and the days that follow from it (local, inclusive).

    `portal`: it lies ready from `sent_on`; `fetched_at` is when somebody opened it, and without
    that within ten days it did not arrive. `post`: `sent_on` is the day of posting, None while
    somebody still has to post it.
    """

    case_path = "letter__application"
    agency_path = "letter__application__agency"

    class Way(models.TextChoices):
        PORTAL = "portal", _("in the portal")
        POST = "post", _("by post")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="deliveries")
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    sent_on = models.DateField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    failed_on = models.DateField(_("did not arrive"), null=True, blank=True)
    announced_on = models.DateField(_("announced"), null=True, blank=True)
    objection_until = models.DateField(_("objection until"), null=True, blank=True)
    final_on = models.DateField(_("final"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "way"],
                name="delivery_once_each_way",
                violation_error_message=_("This letter is on this way already."),
            ),
            models.CheckConstraint(
                condition=Q(announced_on__isnull=True) | Q(sent_on__isnull=False),
                name="delivery_is_announced_after_it_was_sent",
                violation_error_message=_("Say first when the letter was sent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}, {self.get_way_display()}"


class Hearing(models.Model):
    """The chance to say something before money is demanded back or a grant is revoked.

    `answer_until` is a local date, inclusive.
    """

    case_path = "application"
    agency_path = "application__agency"

    class About(models.TextChoices):
        REPAYMENT = "repayment", _("repayment")
        REVOCATION = "revocation", _("revocation")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="hearings")
    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="hearing")
    about = models.CharField(_("about"), max_length=12, choices=About.choices)
    answer_until = models.DateField(_("answer until"))
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.application)


class Objection(models.Model):
    """An objection against a letter: filed by the applicant, or entered by staff.

    `received_on` is the local day on which it arrived. One that came after its day is flagged, and
    decided on like any other.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="objections"
    )
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="objections")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ObjectionState.choices,
        default=ObjectionState.OPEN,
    )
    text = models.TextField(_("objection"), max_length=10000, blank=True)
    received_on = models.DateField(_("received"))
    is_late = models.BooleanField(_("late"), default=False)
    filed_at = models.DateTimeField(_("entered"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), max_length=10000, blank=True)
    changed_at = models.DateTimeField(_("in this state since"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["filed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(state="open"),
                name="objection_one_open",
                violation_error_message=_("There is an open objection to this letter already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)
