"""What the law wants to read about an agency: imprint, data protection, accessibility."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency
from contacts.models.scoping import PublishedQuerySet
from portal.history import Tracked


class LegalDetails(models.Model):
    """Imprint, privacy and accessibility facts of an agency.

    Nothing is required by the database, since a county gathers these one by one; the public page
    says openly what is missing, and `check --deploy` names it.
    """

    class Conformity(models.TextChoices):
        FULL = "full", _("fully conformant")
        PARTIAL = "partial", _("partly conformant")
        NONE = "none", _("not conformant")
        UNASSESSED = "unassessed", _("not assessed yet")

    class Method(models.TextChoices):
        SELF = "self", _("self-assessment")
        EXTERNAL = "external", _("test by a third party")

    public_scope = "contacts"
    agency_path = "agency"

    agency = models.OneToOneField(
        Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="legal"
    )
    body_name = models.CharField(_("public body"), max_length=200, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=200, blank=True)
    representative = models.CharField(_("represented by"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    supervisory_authority = models.CharField(_("supervisory authority"), max_length=200, blank=True)
    editorial_responsible = models.CharField(
        _("responsible for the content"), max_length=200, blank=True, help_text="§ 18 (2) MStV"
    )
    data_protection_officer = models.CharField(
        _("data protection officer"), max_length=200, blank=True
    )
    data_protection_email = models.EmailField(_("e-mail for data protection"), blank=True)
    accessibility_email = models.EmailField(_("e-mail for barriers"), blank=True)
    conformity = models.CharField(
        _("conformity"), max_length=20, choices=Conformity.choices, default=Conformity.UNASSESSED
    )
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    method = models.CharField(
        _("method"), max_length=20, choices=Method.choices, default=Method.SELF
    )
    known_barriers = models.TextField(
        _("known barriers"), blank=True, help_text=_("One a line, with the way around it.")
    )
    statement_on = models.DateField(_("statement of"), null=True, blank=True)

    objects = PublishedQuerySet.as_manager()
    history = Tracked()

    REQUIRED = (
        "body_name",
        "legal_form",
        "representative",
        "street",
        "postal_code",
        "city",
        "phone",
        "email",
        "supervisory_authority",
        "data_protection_officer",
        "data_protection_email",
        "accessibility_email",
        "statement_on",
    )

    class Meta:
        verbose_name = _("legal details")
        verbose_name_plural = _("legal details")

    def __str__(self) -> str:
        return str(self.agency)

    def missing(self) -> list[str]:
        """The names of the fields that the law asks for and nobody has filled."""
        return [name for name in self.REQUIRED if not getattr(self, name)]
