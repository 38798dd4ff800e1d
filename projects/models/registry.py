"""The public register of funded projects. It stays when the case is erased."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Agency, Area
from contacts.models.scoping import PublishedQuerySet
from projects.models.application import SUMMARY_LENGTH, TITLE_LENGTH, Application
from projects.models.funding import Programme
from projects.terms import MeasureKind


class FundedProject(models.Model):
    """What the public may know of a grant. `amount_cents` is what was granted, in the end used.

    `recipient` is empty for private persons: pages then say so.
    """

    public_scope = "content"
    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="funded_projects"
    )
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="+"
    )
    application = models.OneToOneField(
        Application,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="funded_project",
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    summary = models.CharField(_("summary"), max_length=SUMMARY_LENGTH, blank=True)
    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    measure_kind = models.CharField(
        _("kind of measure"), max_length=20, choices=MeasureKind.choices
    )
    recipient = models.CharField(_("recipient"), max_length=200, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("grant"))
    granted_on = models.DateField(_("granted"))

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("funded project")
        verbose_name_plural = _("funded projects")
        ordering = ["-year", "title", "pk"]
        indexes = [models.Index(fields=["year", "measure_kind"], name="funded_by_year")]

    def __str__(self) -> str:
        return self.title
