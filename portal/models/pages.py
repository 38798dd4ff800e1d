from django.db import models
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFieldsModel

from portal.data_version import PublicQuerySet


class PageQuerySet(PublicQuerySet, TranslatableQuerySet):
    def visible_to(self, user):
        """Legal texts are for everyone."""
        return self.all()


class Page(TranslatableModel):
    """A text of the operator's own on a legal page: for the whole site, or for one agency."""

    class Kind(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        PRIVACY = "privacy", _("Privacy notice")
        ACCESSIBILITY = "accessibility", _("Accessibility statement")

    public_scope = "content"

    kind = models.CharField(_("page"), max_length=20, choices=Kind.choices)
    owner = models.SlugField(
        _("agency"),
        blank=True,
        help_text=_("The agency's key, as in its address; empty for the whole site."),
    )

    objects = TranslatableManager.from_queryset(PageQuerySet)()

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "owner"],
                name="page_once_per_kind_and_owner",
                violation_error_message=_("This text exists already; change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.owner}".strip()


class PageTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        Page, on_delete=models.CASCADE, related_name="translations", null=True
    )
    body = models.TextField(_("text"), help_text=_("An empty line begins a new paragraph."))

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.language_code
