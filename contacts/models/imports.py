"""A file of contacts or responsibilities between its check and its publication."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency
from contacts.models.responsibility import Publication
from contacts.models.scoping import AgencyQuerySetBase


class ImportDraft(models.Model):
    """What somebody has uploaded, as read and not yet published: nothing public knows of it.

    `rows` are objects with the columns of the template and the number of their line. `publication`
    is set once it has been published; drafts that nobody published go after a week.
    """

    class Kind(models.TextChoices):
        CONTACTS = "contacts", _("Contacts")
        RESPONSIBILITIES = "responsibilities", _("Responsibilities")

    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="import_drafts"
    )
    kind = models.CharField(_("what the file holds"), max_length=20, choices=Kind.choices)
    file_name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(_("rows"), default=list)
    is_complete = models.BooleanField(
        _("the file is complete"),
        default=False,
        help_text=_("What it does not name ends."),
    )
    effective_on = models.DateField(
        _("from"), help_text=_("The first day of what is new and of what has changed.")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.CASCADE,
        related_name="import_drafts",
    )
    publication = models.OneToOneField(
        Publication,
        verbose_name=_("publication"),
        on_delete=models.PROTECT,
        related_name="import_draft",
        null=True,
        blank=True,
    )

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"
