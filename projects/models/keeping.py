"""How long cases are kept, what the county archive says to it, and what an erased one leaves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Agency
from contacts.models.scoping import AgencyQuerySetBase
from projects.models.application import Application
from projects.models.scoping import CaseQuerySet


class ArchiveOffer(models.Model):
    """A case that is due to be erased, offered to the county archive first."""

    case_path = "application"
    agency_path = "application__agency"

    class Answer(models.TextChoices):
        OPEN = "open", _("offered")
        RELEASED = "released", _("released")
        TAKEN = "taken", _("taken over")

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="archive_offer"
    )
    offered_at = models.DateTimeField(_("offered"))
    answer = models.CharField(
        _("answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer to the archive")
        verbose_name_plural = _("offers to the archive")
        ordering = ["offered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="open") | Q(answered_at__isnull=False),
                name="archiveoffer_answer_has_an_instant",
                violation_error_message=_("Say when the archive answered."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class SealQuerySet(AgencyQuerySetBase):
    def update(self, **kwargs):
        raise TypeError("Seals are not changed.")

    def delete(self):
        raise TypeError("Seals are not deleted.")


class CaseSeal(models.Model):
    """What an erased case leaves: that it was there, and the end of its chain; nothing of people.

    `digest` is the SHA-256 over the seal and the one before it, so that a seal that was changed,
    removed or slipped in is noticed.
    """

    agency_path = "agency"

    number = models.PositiveIntegerField(_("number"), unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("number of the case"), max_length=20)
    events = models.PositiveIntegerField(_("events"))
    last_digest = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20)
    rule = models.CharField(_("why it was erased"), max_length=40)
    erased_at = models.DateTimeField(_("erased"))
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of an erased case")
        verbose_name_plural = _("seals of erased cases")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("Seals are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Seals are not deleted.")
