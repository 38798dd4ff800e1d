"""What was typed into an application, what was sent of it, and its files."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.application import Application
from projects.models.scoping import CaseQuerySet
from projects.models.unalterable import UnalterableModel


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
