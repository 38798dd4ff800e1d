"""Mail that is to leave, is leaving or has left; `portal.outbox` holds the verbs."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import owners

# A mail that has waited longer than this is news for staff: the first tries come quickly.
LATE = dt.timedelta(hours=1)
SUBJECT_LENGTH = 150


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, user) -> Self:
        """Superusers see every message, staff those of their agencies, everybody else nothing."""
        if not user.is_authenticated or not user.is_active or not user.is_staff:
            return self.none()
        return self if user.is_superuser else self.filter(owner__in=owners.seen_by(user))

    def due(self, now: dt.datetime) -> Self:
        """What may be sent now: waiting, its time has come, and nobody is at it."""
        return self.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=now),
            state=OutboxMessage.State.WAITING,
            not_before__lte=now,
        )

    def undelivered(self, now: dt.datetime) -> Self:
        """What staff should look at: given up, or late after at least one failed try."""
        late = Q(state=OutboxMessage.State.WAITING, created_at__lt=now - LATE) & ~Q(problem="")
        return self.filter(late | Q(state=OutboxMessage.State.FAILED, is_current=True))


class OutboxMessage(models.Model):
    """One mail to one address, written in the transaction of what it tells about.

    `about` is a text key such as `application:<uuid>:receipt`: what is told, to whom, in which
    respect. Among the messages about the same thing at most one is current; a message that was
    replaced by a newer one stays on record. State `superseded` means: replaced before it was sent.

    `not_before` is the instant of the next try, `not_after` the last one at which it still makes
    sense to send (a log-in code). Instants are UTC. `lease_token` and `leased_until` say which
    process is sending it just now; after that instant another one may take it.

    Attachments are not stored yet: a mail links to what a person can open after logging in.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")
        SUPERSEDED = "superseded", _("replaced before it was sent")
        KEPT = "kept", _("kept, since this is a demo")

    class Problem(models.TextChoices):
        """Why a try failed: a class of error, never the server's words, which name the address."""

        UNREACHABLE = "unreachable", _("the mail server cannot be reached")
        TIMEOUT = "timeout", _("the mail server did not answer in time")
        TLS = "tls", _("no encrypted connection, or the certificate is not valid")
        LOG_IN = "log-in", _("the mail server refuses our log-in")
        SENDER = "sender", _("the mail server refuses our sender address")
        DEFERRED = "deferred", _("the mail server asks to try later")
        RECIPIENT = "recipient", _("the mail server refuses the recipient")
        CONTENT = "content", _("the mail server refuses the message")
        UNSENDABLE = "unsendable", _("this message cannot be written as a mail")
        EXPIRED = "expired", _("it came too late to be of use")
        OTHER = "other", _("an error of another kind")

    about = models.CharField(_("about"), max_length=200)
    owner = models.SlugField(
        _("agency"),
        blank=True,
        help_text=_("The agency's key, as in its address; empty for the whole site."),
    )

    recipient = models.EmailField(_("recipient"), blank=True)
    from_name = models.CharField(_("name of the sender"), max_length=150, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH)
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=15)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    is_secret = models.BooleanField(
        _("secret"),
        default=False,
        help_text=_("Holds a code or a link that lets somebody in: staff never read the text."),
    )

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    is_current = models.BooleanField(_("newest about this"), default=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    problem = models.CharField(
        _("last problem"), max_length=20, choices=Problem.choices, blank=True
    )
    smtp_code = models.CharField(_("code of the mail server"), max_length=20, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent again by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    created_at = models.DateTimeField(_("written"))
    not_before = models.DateTimeField(_("next try"))
    not_after = models.DateTimeField(_("of use until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    wiped_at = models.DateTimeField(_("text and address wiped"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages in the outbox")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="outbox_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(is_current=True),
                name="outbox_one_current_message_about_a_thing",
                violation_error_message=_("There is a message about this already."),
            ),
            models.CheckConstraint(
                condition=~Q(about=""),
                name="outbox_about_something",
                violation_error_message=_("Say what the message is about."),
            ),
            models.CheckConstraint(
                condition=~Q(state="superseded") | Q(is_current=False),
                name="outbox_superseded_is_not_current",
                violation_error_message=_("A message that was replaced is not the newest."),
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="outbox_sent_has_an_instant",
                violation_error_message=_("Say when the message was sent."),
            ),
            models.CheckConstraint(
                condition=Q(wiped_at__isnull=True, recipient__gt="")
                | Q(wiped_at__isnull=False, recipient="", body=""),
                name="outbox_wiped_means_text_and_address",
                violation_error_message=_("A message has an address until it is wiped."),
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, leased_until__isnull=True)
                | Q(lease_token__isnull=False, leased_until__isnull=False),
                name="outbox_lease_is_whole",
                violation_error_message=_("A lease has a holder and an end."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def text_is_hidden(self) -> bool:
        """Whether the text is kept from staff; in the demo, where nothing leaves, it is not."""
        return self.is_secret and not settings.DEMO

    @property
    def can_be_sent_again(self) -> bool:
        """Whether it has been sent or given up, and text and address are still there."""
        settled = self.state in (self.State.SENT, self.State.FAILED)
        return settled and self.is_current and bool(self.recipient and self.body)
