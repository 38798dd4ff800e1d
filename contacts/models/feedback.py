"""What visitors tell us: by a form, or by searching for something that we do not know."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency, Topic
from contacts.models.areas import Area
from contacts.models.posts import Post
from contacts.models.scoping import AgencyQuerySetBase, OwnOrNobodysQuerySet, SharedQuerySet
from contacts.roles import agencies_of


class ForStaffQuerySet(SharedQuerySet):
    """Rows that every member of staff may read, and nobody else."""

    def visible_to(self, user):
        is_staff = user.is_authenticated and (user.is_superuser or agencies_of(user))
        return self.all() if is_staff and user.is_active else self.none()


class Correction(models.Model):
    """A visitor says that something is wrong or missing."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("Something here is wrong")
        MISSING_PLACE = "missing-place", _("My place is missing")

    class Outcome(models.TextChoices):
        OPEN = "", _("open")
        ACCEPTED = "accepted", _("taken over")
        DECLINED = "declined", _("not taken over")

    agency_path = "agency"

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("agency"),
        on_delete=models.PROTECT,
        related_name="corrections",
        null=True,
        blank=True,
    )
    page = models.CharField(_("page"), max_length=300, blank=True)
    post = models.ForeignKey(
        Post,
        verbose_name=_("post"),
        on_delete=models.CASCADE,
        related_name="corrections",
        null=True,
        blank=True,
    )
    asked = models.CharField(_("asked for"), max_length=100, blank=True)
    # {field of the post, or "holder": {"shown": what the visitor saw, "wanted": what it should be}}
    proposed = models.JSONField(_("proposed"), default=dict, blank=True)
    text = models.TextField(_("message"), max_length=2000)
    contact = models.CharField(_("e-mail or telephone"), max_length=200, blank=True)
    # Drawn when the form was opened, so that the same form sent twice is one message; "" where no
    # form was.
    nonce = models.CharField(max_length=32, blank=True, default="", editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    received_at = models.DateTimeField(_("received"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN, blank=True
    )
    closed_at = models.DateTimeField(_("done"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )

    objects = OwnOrNobodysQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["nonce"], condition=~models.Q(nonce=""), name="correction_once_a_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.received_at:%Y-%m-%d}"


class LookUpCount(models.Model):
    """How often a day's look-ups ended how: no person, no address, no text."""

    day = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=20)
    municipality = models.ForeignKey(
        Area, verbose_name=_("municipality"), on_delete=models.CASCADE, null=True, blank=True
    )
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), on_delete=models.CASCADE, null=True, blank=True
    )
    number = models.PositiveIntegerField(_("look-ups"), default=0)

    objects = ForStaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("look-ups of a day")
        verbose_name_plural = _("look-ups per day")
        ordering = ["-day", "-number"]
        constraints = [
            models.UniqueConstraint(
                "day",
                "outcome",
                models.functions.Coalesce(models.F("municipality"), models.Value(0)),
                models.functions.Coalesce(models.F("topic"), models.Value(0)),
                name="lookupcount_one_row_per_cell",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome}: {self.number}"


class MissedInput(models.Model):
    """Something typed that led nowhere, under a keyed hash of its week.

    `text` stays empty until the third request of the same week brings the same input, and even then
    unless it looks like a place name: what one person typed once is nobody's business.
    """

    week = models.CharField(_("week"), max_length=8)
    digest = models.CharField(_("hash"), max_length=64)
    text = models.CharField(_("typed"), max_length=100, blank=True)
    number = models.PositiveIntegerField(_("times"), default=0)

    objects = ForStaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("input without an answer")
        verbose_name_plural = _("inputs without an answer")
        ordering = ["-week", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["week", "digest"], name="missedinput_once_a_week"),
        ]

    def __str__(self) -> str:
        return self.text or self.digest[:8]


class GoldenCase(models.Model):
    """An answer that staff never want to lose: what is typed, and which post must answer."""

    agency_path = "agency"

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="golden_cases"
    )
    typed = models.CharField(_("typed"), max_length=100)
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), on_delete=models.CASCADE, null=True, blank=True
    )
    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.CASCADE, null=True, blank=True
    )
    post = models.ForeignKey(
        "contacts.Post", verbose_name=_("post"), on_delete=models.CASCADE, null=True, blank=True
    )

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("golden case")
        verbose_name_plural = _("golden cases")
        ordering = ["agency", "typed"]
        constraints = [
            models.UniqueConstraint(
                "agency",
                "typed",
                models.functions.Coalesce(models.F("topic"), models.Value(0)),
                name="goldencase_once",
                violation_error_message=_("There is a golden case for this input already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.typed} → {self.post or self.area}"
