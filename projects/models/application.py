"""An application; what is typed and sent lies in `projects.models.content`.

The columns here repeat what lists and rules need of it.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import Agency, Area, Post
from projects.models.calls import Call
from projects.models.funding import RuleSet
from projects.models.scoping import CaseQuerySet
from projects.states import BEFORE_SUBMISSION, ApplicationState
from projects.terms import ApplicantType, Channel, MeasureKind

TITLE_LENGTH = 120
SUMMARY_LENGTH = 500


class Application(models.Model):
    """A case: from the first line of a draft to its end.

    `reference` is what people read out; `uuid` stands in addresses. Amounts are cents, dates are
    local and inclusive, instants are UTC. `assigned_post` is who answers for the place of the
    project, `caseworker` who checks the application.
    """

    agency_path = "agency"
    case_path = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("number"), max_length=20, unique=True)

    call = models.ForeignKey(
        Call, verbose_name=_("call"), on_delete=models.PROTECT, related_name="applications"
    )
    rule_set = models.ForeignKey(
        RuleSet, verbose_name=_("rule set"), on_delete=models.PROTECT, related_name="applications"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="applications"
    )
    assigned_post = models.ForeignKey(
        Post,
        verbose_name=_("responsible post"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
    )
    caseworker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("caseworker"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications_checked",
    )

    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True)
    summary = models.CharField(_("summary for the public"), max_length=SUMMARY_LENGTH, blank=True)
    applicant_type = models.CharField(
        _("kind of applicant"), max_length=20, choices=ApplicantType.choices, blank=True
    )
    applicant_name = models.CharField(_("applicant"), max_length=200, blank=True)
    measure_kind = models.CharField(
        _("kind of measure"), max_length=20, choices=MeasureKind.choices, blank=True
    )
    area = models.ForeignKey(
        Area,
        verbose_name=_("place"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    total_cents = models.PositiveBigIntegerField(_("costs"), null=True, blank=True)
    requested_cents = models.PositiveBigIntegerField(_("requested grant"), null=True, blank=True)

    state = models.CharField(
        _("state"),
        max_length=20,
        choices=ApplicationState.choices,
        default=ApplicationState.DRAFT,
    )
    hold = models.BooleanField(
        _("on hold"), default=False, help_text=_("It came while the call was paused.")
    )
    channel = models.CharField(
        _("came"), max_length=10, choices=Channel.choices, default=Channel.ONLINE
    )
    language = models.CharField(_("language of mails"), max_length=15)
    created_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("saved"))
    changed_at = models.DateTimeField(_("in this state since"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    received_on = models.DateField(
        _("received"),
        null=True,
        blank=True,
        help_text=_("The day on which paper arrived or somebody called; it counts for the end."),
    )

    rank = models.PositiveIntegerField(
        _("place on the waiting list"), null=True, blank=True, editable=False
    )
    restricted_at = models.DateTimeField(
        _("locked from normal view"), null=True, blank=True, editable=False
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["agency", "state", "changed_at"], name="application_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted({*BEFORE_SUBMISSION, ApplicationState.WITHDRAWN}))
                | Q(submitted_at__isnull=False),
                name="application_submitted_has_an_instant",
                violation_error_message=_("Say when the application was submitted."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(
                    requested_cents__gt=0,
                    requested_cents__lte=F("total_cents"),
                    starts_on__lte=F("ends_on"),
                )
                & ~Q(title=""),
                name="application_submitted_is_whole",
                violation_error_message=_(
                    "What is submitted has a title, days, costs, and a grant within the costs."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("projects:application", args=[self.uuid])

    def get_receipt_url(self) -> str:
        return reverse("projects:receipt", args=[self.uuid])
