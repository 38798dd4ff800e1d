"""Codes and links by which people without a password come in; `portal.login_code` has the verbs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_TRIES = 3
DIGEST_LENGTH = 64  # SHA-256 in hexadecimal


class LoginCode(models.Model):
    """A code of six digits that was mailed, known here by keyed hashes only.

    It counts for the session that asked, until `expires_at` (UTC), once. Of several codes for one
    session and purpose the newest counts. A row is also written for an address that gets no code:
    nobody can tell from outside.
    """

    class Purpose(models.TextChoices):
        LOG_IN = "log-in", _("log-in")
        OLD_ADDRESS = "old-address", _("change of address: the present one")
        NEW_ADDRESS = "new-address", _("change of address: the new one")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    session_digest = models.CharField(_("hash of the session"), max_length=DIGEST_LENGTH)
    address_digest = models.CharField(_("hash of the address"), max_length=DIGEST_LENGTH)
    code_digest = models.CharField(_("hash of the code"), max_length=DIGEST_LENGTH)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("counts until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("log-in code")
        verbose_name_plural = _("log-in codes")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["session_digest", "purpose"], name="logincode_session"),
            models.Index(fields=["expires_at"], name="logincode_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(tries__lte=MOST_TRIES),
                name="logincode_few_tries",
                violation_error_message=_("A code can be tried three times."),
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(tries__gte=1),
                name="logincode_used_after_a_try",
                violation_error_message=_("A code is used by trying it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class EntranceLink(models.Model):
    """A mailed link that brings somebody to a place, after a code: it opens nothing by itself.

    The address holds a token of which only the keyed hash is stored. The code goes to the present
    address of `user`, or to `email` where somebody is invited who may have no account yet. `kind`
    says what happens after the code, `data` to what.
    """

    RESUME = "resume"

    digest = models.CharField(_("hash of the token"), max_length=DIGEST_LENGTH, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,  # a link to nobody's account is of no use
        null=True,
        blank=True,
        related_name="+",
    )
    email = models.EmailField(_("e-mail"), blank=True)
    data = models.JSONField(_("data"), default=dict)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("counts until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("mailed link")
        verbose_name_plural = _("mailed links")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["expires_at"], name="entrancelink_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | Q(user__isnull=True, email__gt=""),
                name="entrancelink_for_one_person",
                violation_error_message=_("A link is for an account or for an address."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
