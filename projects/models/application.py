"""An application: what applicants type, who works on it, and what was sent in.

What is typed lies in one row per section, as it was typed; `projects.sections` reads it. What was
sent lies in versions that nobody changes. The columns of `Application` itself repeat what lists
and rules need.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import Agency, Area, Post
from projects.models.funding import Call, RuleSet
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


class Contributor(models.Model):
    """Somebody who works on an application: its owner, or invited by them."""

    case_path = "application"
    agency_path = "application__agency"

    class Role(models.TextChoices):
        OWNER = "owner", _("began it")
        EDITOR = "editor", _("writes along")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="contributors"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        related_name="contributions",
    )
    role = models.CharField(_("part"), max_length=10, choices=Role.choices, default=Role.EDITOR)
    joined_at = models.DateTimeField(_("since"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "user"],
                name="contributor_once",
                violation_error_message=_("This person works on it already."),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(role="owner"),
                name="contributor_one_owner",
                violation_error_message=_("An application has one owner."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """The request to write along, to one address; open until accepted, withdrawn or too old.

    A closed one forgets the address: whoever came is a contributor, and nobody else has a part.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(_("invited"))
    closed_at = models.DateTimeField(_("accepted or withdrawn"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "email"],
                condition=Q(closed_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This address has been invited already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) & ~Q(email="")
                | Q(closed_at__isnull=False, email=""),
                name="invitation_names_an_address_while_open",
                violation_error_message=_("An invitation names an address as long as it is open."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class SectionAnswers(models.Model):
    """What was typed into one section: field name to the list of its texts, as a browser sends it.

    `revision` counts the saves. Whoever saves names the one they have read, so that of two tabs
    the second notices.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="sections")
    section = models.SlugField(_("section"))
    answers = models.JSONField(_("answers"), default=dict)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "section"],
                name="sectionanswers_once",
                violation_error_message=_("This section exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.section


class Unalterable(CaseQuerySet):
    """Rows that are written once: what was sent, and what has happened."""

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are not changed.")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are not deleted.")


class UnalterableModel(models.Model):
    """`save()` inserts and nothing else."""

    objects = Unalterable.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are not deleted.")


class ApplicationVersion(UnalterableModel):
    """What was sent in: the answers as they stood, and the document that shows them.

    `digest` is the SHA-256 of `content` in its canonical form, `pdf_digest` that of `pdf`.
    `submission_key` was drawn for the page on which somebody pressed the button: pressed twice,
    it brings the same version.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="versions")
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
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"],
                name="applicationversion_number_once",
                violation_error_message=_("This version exists already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} v{self.number}"


class Attachment(models.Model):
    """A file of a case. `name` is text for people; the file itself has a name that tells nothing.

    A file that stands in a version stays when it is removed, and is `removed_at` then.
    """

    case_path = "application"
    agency_path = "application__agency"

    class Scan(models.TextChoices):
        NOT_SCANNED = "not-scanned", _("not scanned")
        CLEAN = "clean", _("clean")
        QUARANTINED = "quarantined", _("quarantined")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="attachments"
    )
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=50)
    size = models.PositiveIntegerField(_("size"), help_text=_("Bytes."))
    digest = models.CharField(max_length=64)
    file = models.FileField(_("file"), max_length=200)
    scan = models.CharField(
        _("virus check"), max_length=12, choices=Scan.choices, default=Scan.NOT_SCANNED
    )
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="attachment_is_not_empty",
                violation_error_message=_("This file is empty."),
            ),
            models.UniqueConstraint(
                fields=["application", "digest"],
                condition=Q(removed_at__isnull=True),
                name="attachment_once",
                violation_error_message=_("This file is there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
