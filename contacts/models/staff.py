from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency
from contacts.models.scoping import AgencyQuerySetBase
from contacts.roles import Role


class StaffRole(models.Model):
    """What a user does for an agency. Without a row here, no agency exists for them."""

    agency_path = "agency"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="staff_roles",
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="staff_roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    valid_until = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("From the day after, the role is gone; empty while no end is in sight."),
    )

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        ordering = ["agency", "role", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                name="staffrole_once",
                violation_error_message=_("This user has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.agency}"
