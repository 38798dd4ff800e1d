"""Timed jobs: who is at one just now, and how it went last; `portal.jobs` runs them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRunQuerySet(models.QuerySet):
    def visible_to(self, user) -> Self:
        """Jobs belong to the installation: superusers see them, nobody else."""
        is_boss = user.is_authenticated and user.is_active and user.is_superuser
        return self if is_boss else self.none()


class JobRun(models.Model):
    """One row per job: its lease, and its last run. Instants are UTC.

    While `leased_until` lies ahead, the process that holds `lease_token` is at it, or was killed.
    """

    name = models.SlugField(_("job"), primary_key=True)
    last_start = models.DateTimeField(_("last start"), null=True, blank=True)
    last_end = models.DateTimeField(_("last end"), null=True, blank=True)
    last_success = models.DateTimeField(_("last success"), null=True, blank=True)
    report = models.CharField(_("last report"), max_length=200, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(_("reserved until"), null=True, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("timed job")
        verbose_name_plural = _("timed jobs")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, leased_until__isnull=True)
                | Q(lease_token__isnull=False, leased_until__isnull=False),
                name="jobrun_lease_is_whole",
                violation_error_message=_("A lease has a holder and an end."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
