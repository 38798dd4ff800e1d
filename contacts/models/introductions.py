"""Introducing two senders to each other."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models.enquiry import Enquiry


class IntroductionQuerySet(models.QuerySet):
    def visible_to(self, user) -> Self:
        """Staff need to see both enquiries; a sender sees those of their own."""
        own = Enquiry.objects.visible_to(user).values("pk")
        if user.is_staff:
            return self.filter(offer__in=own, request__in=own)
        return self.filter(Q(offer__in=own) | Q(request__in=own))


class Introduction(models.Model):
    """Two enquiries that may suit each other, and whether both sides want to meet.

    Each side agrees for itself: on its page, or by telephone to the coordinator. None of them
    learns who the other is before both have.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("both are asked")
        DONE = "done", _("introduced")
        REFUSED = "refused", _("one side does not want to")
        TAKEN_BACK = "taken-back", _("taken back")

    offer = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="as_offer")
    request = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="as_request")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    offer_agreed_at = models.DateTimeField(_("offer: agreed"), null=True, blank=True)
    request_agreed_at = models.DateTimeField(_("request: agreed"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("at"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "request"],
                condition=Q(state__in=["asked", "done"]),
                name="introduction_once",
                violation_error_message=_("These two have been asked already."),
            ),
            models.CheckConstraint(
                condition=~Q(offer=F("request")),
                name="introduction_of_two",
                violation_error_message=_("Nobody is introduced to themselves."),
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(offer_agreed_at__isnull=False, request_agreed_at__isnull=False),
                name="introduction_both_agreed",
                violation_error_message=_("Both sides have to agree first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer.reference} – {self.request.reference}"
