from django.db import models
from django.utils.translation import gettext_lazy as _

SCOPES = ("places", "contacts", "content")


class DataVersion(models.Model):
    """How often the public data of a scope has changed; see `portal.data_version`."""

    scope = models.CharField(_("scope"), max_length=20, primary_key=True)
    number = models.PositiveBigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data versions")

    def __str__(self) -> str:
        return f"{self.scope} {self.number}"
