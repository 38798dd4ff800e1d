"""Facts on which sources disagree: kept, shown to staff, corrected by nobody in silence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency
from contacts.models.areas import Area
from contacts.models.offices import Office
from contacts.models.posts import Post
from contacts.models.responsibility import Responsibility
from contacts.models.scoping import OwnOrNobodysQuerySet

CONTACT_FIELDS = ("phone", "phone_alternative", "email")


class DoubtQuerySet(OwnOrNobodysQuerySet):
    """Doubts about places belong to no agency: every member of staff may decide them."""

    def open(self) -> "DoubtQuerySet":
        return self.filter(closed_at__isnull=True)


class Doubt(models.Model):
    """A value that we use although a source says otherwise, until somebody who knows decides.

    While a doubt on a contact field of a post is open, the public card shows the agency's shared
    contact first.
    """

    public_scope = "contacts"
    agency_path = "agency"

    agency = models.ForeignKey(
        Agency,
        verbose_name=_("agency"),
        on_delete=models.CASCADE,
        related_name="doubts",
        null=True,
        blank=True,
        help_text=_("Empty: about the places themselves."),
    )
    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.CASCADE, null=True, blank=True
    )
    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, null=True, blank=True
    )
    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.CASCADE, null=True, blank=True
    )
    responsibility = models.ForeignKey(
        Responsibility,
        verbose_name=_("responsibility"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
    )
    field = models.CharField(_("field"), max_length=60)
    value_used = models.CharField(_("value used"), max_length=200, blank=True)
    other_value = models.CharField(_("other value"), max_length=200, blank=True)
    source = models.CharField(_("source of the other value"), max_length=200, blank=True)
    source_date = models.CharField(_("date of the source"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )

    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        ordering = ["agency", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(area__isnull=False),
                name="doubt_is_about_something",
                violation_error_message=_("Say which agency or which place the doubt is about."),
            ),
        ]

    def __str__(self) -> str:
        about = self.post or self.office or self.responsibility or self.area or self.agency
        return f"{about}: {self.field}"
