"""How members of staff hear of enquiries."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeChoice(models.Model):
    """How a member of staff hears of new enquiries; whoever has no row gets single mails."""

    class Each(models.TextChoices):
        SINGLE = "single", _("a mail for each enquiry")
        DAILY = "daily", _("one mail in the morning of a working day, if there is something")
        NONE = "none", _("no mail: I look at the list")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enquiry_notices"
    )
    each = models.CharField(
        _("new enquiries"), max_length=10, choices=Each.choices, default=Each.SINGLE
    )
    # What came until then stood in a daily mail, or was there before the choice was made.
    told_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")

    def __str__(self) -> str:
        return self.get_each_display()
