"""Who answers for which place, and the log of every change to that."""

from django.conf import settings
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency, Topic
from contacts.models.areas import Area
from contacts.models.constraints import until_not_before_from
from contacts.models.posts import Post
from contacts.models.scoping import AgencyQuerySetBase, PublishedQuerySet
from contacts.spans import begun, not_ended


class ResponsibilityQuerySet(PublishedQuerySet):
    def current(self, on) -> "ResponsibilityQuerySet":
        """Rules in force on the local date `on`."""
        return self.filter(begun(on), not_ended(on))

    def overlapping(self, valid_from, valid_until) -> "ResponsibilityQuerySet":
        """Rules that share at least one day with the span; null is an open end."""
        rules = self
        if valid_until is not None:
            rules = rules.filter(begun(valid_until))
        if valid_from is not None:
            rules = rules.filter(not_ended(valid_from))
        return rules


class Responsibility(models.Model):
    """A rule: this post answers for this area, on this topic (or in general), from–until.

    Validity: `valid_from` is the first and `valid_until` the last day on which the rule answers,
    local dates (Europe/Berlin), both included; null means unknown or open at that end. A rule ends
    at midnight without anybody's doing.

    Two rules of the same area and topic on the same day are a team only if both are `joint`;
    `contacts.responsibilities` refuses to publish anything else.
    """

    public_scope = "contacts"
    agency_path = "post__agency"

    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="responsibilities"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("place"), on_delete=models.PROTECT, related_name="responsibilities"
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
        null=True,
        blank=True,
        help_text=_("Empty: for everything that has no contact of its own."),
    )
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    joint = models.BooleanField(
        _("shared"), default=False, help_text=_("Several posts answer for this place together.")
    )

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["area__name", "pk"]
        constraints = [
            until_not_before_from("responsibility_ends_after_it_starts"),
            models.UniqueConstraint(
                "post",
                "area",
                Coalesce(F("topic"), Value(0)),
                Coalesce(F("valid_from"), Value("0001-01-01", models.DateField())),
                name="responsibility_said_once",
                violation_error_message=_("This post has this place already, from the same day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.post}"


class Publication(models.Model):
    """One published change of who answers and how to reach them: the rows before and after.

    Rows are JSON objects: the model, the id and the columns of a rule, a post, a tenure and so on
    (`contacts.records` writes and reads them). Undo publishes the inverse.
    """

    class Kind(models.TextChoices):
        EDIT = "edit", _("change")
        HAND_OVER = "hand-over", _("hand-over")
        REPLACEMENT = "replacement", _("new holder")
        ABSENCE = "absence", _("absence")
        IMPORT = "import", _("import")
        UNDO = "undo", _("taken back")

    agency_path = "agency"

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.EDIT)

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="publications"
    )
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="publications",
        null=True,
        help_text=_("Empty: loaded from a file."),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    before = models.JSONField(_("rows before"), default=list)
    after = models.JSONField(_("rows after"), default=list)

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.published_at:%Y-%m-%d %H:%M} {self.reason}"
