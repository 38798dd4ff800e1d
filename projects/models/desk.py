"""What people keep for themselves: reminders on cases, blocks of text, a calendar's address."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Agency
from contacts.models.scoping import AgencyQuerySetBase
from portal.history import Tracked
from projects.models.application import Application
from projects.models.case import CommentQuerySet


class Reminder(models.Model):
    """To look at a case again on a day ("Wiedervorlage"). `due_on` is a local date."""

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("for"),
        on_delete=models.CASCADE,
        related_name="case_reminders",
    )
    due_on = models.DateField(_("on"))
    text = models.CharField(_("what"), max_length=300)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["user", "done_at", "due_on"], name="reminder_due")]

    def __str__(self) -> str:
        return str(self.application)


class TextBlock(models.Model):
    """A sentence or two that caseworkers put into letters and messages, and change there."""

    agency_path = "agency"

    class Use(models.TextChoices):
        CHANGES = "changes", _("what is to be changed")
        MESSAGE = "message", _("message")
        GRANT = "grant", _("reason of a grant")
        REFUSAL = "refusal", _("reason of a refusal")
        CONDITIONS = "conditions", _("special conditions")
        PROOF = "proof", _("question about a proof of use")
        REPAYMENT = "repayment", _("reason of a repayment")

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="text_blocks"
    )
    use = models.CharField(_("where"), max_length=12, choices=Use.choices)
    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text"), max_length=3000)

    objects = AgencyQuerySetBase.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("block of text")
        verbose_name_plural = _("blocks of text")
        ordering = ["use", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "use", "name"],
                name="textblock_once",
                violation_error_message=_("There is a block of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """The secret address under which somebody's calendar program reads what is due for them.

    Whoever has `key` reads the days, without a log-in; a new key ends the old one.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    key = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"  # never the key
