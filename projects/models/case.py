"""What happens on a case: events, messages, notes of the staff, and requests for changes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.application import Application
from projects.models.scoping import CaseQuerySet
from projects.models.unalterable import UnalterableModel


class CaseEvent(UnalterableModel):
    """One thing that happened, in its place in the chain of its case.

    `digest` is the SHA-256 over this event and the digest before it, so that a changed or missing
    row is noticed (`projects.events`). `data` holds no text that somebody typed.
    """

    case_path = "application"
    agency_path = "application__agency"

    class Kind(models.TextChoices):
        BEGUN = "begun", _("begun")
        COPIED = "copied", _("begun as a copy")
        ENTERED = "entered", _("entered by the office")
        PRECHECK_ASKED = "precheck-asked", _("shown for a preliminary check")
        PRECHECK_TAKEN_BACK = "precheck-taken-back", _("preliminary check taken back")
        PRECHECK_ANSWERED = "precheck-answered", _("preliminary check answered")
        SUBMITTED = "submitted", _("submitted")
        TAKEN = "taken", _("taken into review")
        REASSIGNED = "reassigned", _("given to somebody else")
        CHANGES_REQUESTED = "changes-requested", _("changes requested")
        CHANGES_ANSWERED = "changes-answered", _("changes sent")
        CHANGES_ENDED = "changes-ended", _("review goes on without changes")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LATE_PERMIT = "late-permit", _("late permit granted")
        INVITED = "invited", _("somebody invited to write along")
        JOINED = "joined", _("somebody writes along")
        LEFT = "left", _("somebody no longer writes along")
        MESSAGE = "message", _("message sent")
        PROPOSED = "proposed", _("decision proposed")
        SENT_BACK = "sent-back", _("proposal sent back")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("refused")
        WAITLISTED = "waitlisted", _("put on the waiting list")
        CALLED_UP = "called-up", _("called up from the waiting list")
        REOPENED = "reopened", _("reopened after an objection")
        LETTER_ISSUED = "letter-issued", _("letter issued")
        LETTER_POSTED = "letter-posted", _("letter posted")
        LETTER_FETCHED = "letter-fetched", _("letter fetched")
        LETTER_NOT_FETCHED = "letter-not-fetched", _("letter not fetched")
        OBJECTED = "objected", _("objection filed")
        OBJECTION_DECIDED = "objection-decided", _("objection decided")
        OBJECTION_WITHDRAWN = "objection-withdrawn", _("objection withdrawn")
        WAIVED = "waived", _("objection waived")
        FINAL = "final", _("decision final")
        STARTED = "started", _("project begun")
        ENDED = "ended", _("project ended, proof of use due")
        AMENDMENT_REQUESTED = "amendment-requested", _("change asked for")
        AMENDMENT_CHECKED = "amendment-checked", _("change checked")
        AMENDMENT_DECIDED = "amendment-decided", _("change decided")
        AMENDMENT_WITHDRAWN = "amendment-withdrawn", _("change withdrawn")
        DECLINED = "declined", _("grant declined")
        REVOKED = "revoked", _("grant revoked")
        EXTENDED = "extended", _("more time granted")
        PAYOUT_REQUESTED = "payout-requested", _("payout asked for")
        ACCOUNT_CONFIRMED = "account-confirmed", _("account confirmed")
        PAYOUT_CERTIFIED = "payout-certified", _("payout certified")
        PAYOUT_ORDERED = "payout-ordered", _("payout ordered")
        PAYOUT_EXPORTED = "payout-exported", _("payout handed to the cash office")
        PAYOUT_PAID = "payout-paid", _("paid")
        PAYOUT_BOUNCED = "payout-bounced", _("payment bounced")
        PAYOUT_REFUSED = "payout-refused", _("payout refused")
        PROOF_SUBMITTED = "proof-submitted", _("proof of use submitted")
        PROOF_QUERIED = "proof-queried", _("proof of use queried")
        PROOF_CHECKED = "proof-checked", _("proof of use checked")
        CHECK_SENT_BACK = "check-sent-back", _("check sent back")
        SETTLED = "settled", _("settled")
        HEARD = "heard", _("hearing sent")
        HEARING_ANSWERED = "hearing-answered", _("hearing answered")
        CLAIM_PROPOSED = "claim-proposed", _("repayment proposed")
        REPAYMENT_ORDERED = "repayment-ordered", _("repayment demanded")
        REPAID = "repaid", _("paid back")
        CLOSED = "closed", _("closed")
        RESTRICTED = "restricted", _("locked from normal view")
        UNRESTRICTED = "unrestricted", _("lock lifted")
        ARCHIVE_OFFERED = "archive-offered", _("offered to the archive")
        ARCHIVE_ANSWERED = "archive-answered", _("answer of the archive")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what happened"), max_length=25, choices=Kind.choices)
    actor = models.CharField(_("in which part"), max_length=12)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    happened_at = models.DateTimeField(_("when"))
    data = models.JSONField(_("details"), default=dict, blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"],
                name="caseevent_number_once",
                violation_error_message=_("This event exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Message(models.Model):
    """A message between applicant and office, read by both."""

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_from_office = models.BooleanField(_("from the office"))
    text = models.TextField(_("text"), max_length=5000)
    sent_at = models.DateTimeField(_("sent"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return str(self.application)


class CommentQuerySet(CaseQuerySet):
    def visible_to(self, user):
        """Notes of the staff are for the staff."""
        return super().visible_to(user) if user.is_staff else self.none()


class Comment(models.Model):
    """A note of the staff on a case, which the applicant does not see."""

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    text = models.TextField(_("note"), max_length=5000)
    written_at = models.DateTimeField(_("written"))

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return str(self.application)


class ChangeRequest(models.Model):
    """What the office asks to be changed: the marked sections are open until it is settled.

    `due_on` is a local date, inclusive.
    """

    case_path = "application"
    agency_path = "application__agency"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="change_requests"
    )
    sections = models.JSONField(_("sections"))
    text = models.TextField(_("what to change"), max_length=5000)
    due_on = models.DateField(_("until"))
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for changes")
        verbose_name_plural = _("requests for changes")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(settled_at__isnull=True),
                name="changerequest_one_open",
                violation_error_message=_("Changes have been requested already."),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("asked_at")),
                name="changerequest_settled_after_it_was_asked",
                violation_error_message=_("It is settled after it was asked."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)
