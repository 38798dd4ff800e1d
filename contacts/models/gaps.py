"""Places that nobody answers for, and staff know why."""

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency, Topic
from contacts.models.areas import Area
from contacts.models.scoping import AgencyQuerySetBase
from portal.history import Tracked


class DocumentedGap(models.Model):
    """Why nobody answers for `area` and all that lies in it, on `topic` (or in general).

    The coverage report counts it as answered by a reason, up to and including `valid_until`, a
    local date; without one, until somebody deletes the row.
    """

    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="documented_gaps"
    )
    area = models.ForeignKey(
        Area,
        verbose_name=_("place"),
        on_delete=models.CASCADE,
        related_name="documented_gaps",
        help_text=_("A district stands for all its places."),
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        on_delete=models.CASCADE,
        related_name="documented_gaps",
        null=True,
        blank=True,
    )
    reason = models.CharField(_("reason"), max_length=300)
    valid_until = models.DateField(_("holds until"), null=True, blank=True)

    objects = AgencyQuerySetBase.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("known gap")
        verbose_name_plural = _("known gaps")
        ordering = ["agency", "area__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "agency",
                "area",
                Coalesce(F("topic"), Value(0)),
                name="documentedgap_once",
                violation_error_message=_("There is a reason for this place already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.reason}"
