from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadRecord(models.Model):
    """What a loader wrote: which row of which file became which object, and with what content.

    If the object still has that content, nobody has edited it and the loader may update it. The
    content is of the columns in `fields`, parted by spaces.
    """

    dataset = models.CharField(_("data set"), max_length=100)
    model = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key in the file"), max_length=300)
    object_id = models.BigIntegerField(_("object"))
    fields = models.TextField(_("fields that were given"), blank=True, db_default="")
    digest = models.CharField(_("digest of the content"), max_length=64)

    class Meta:
        verbose_name = _("loaded row")
        verbose_name_plural = _("loaded rows")
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "model", "key"], name="loadrecord_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}: {self.model} {self.key}"
