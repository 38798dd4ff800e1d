"""Who works on an application: its contributors, and whom they have invited."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.application import Application
from projects.models.scoping import CaseQuerySet


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
