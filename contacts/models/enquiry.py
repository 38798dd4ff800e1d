"""What people write to an agency: offers of help, requests, ideas, barriers.

Instants are UTC; dates are local (Europe/Berlin) and inclusive.
"""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models.agencies import Agency, Topic
from contacts.models.areas import Area
from contacts.models.on_duty import posts_of
from contacts.models.posts import Post
from contacts.roles import Role, agencies_of
from portal.unalterable import WrittenOnceModel, WrittenOnceQuerySet

TEXT_LENGTH = 4000


class EnquiryKind(models.TextChoices):
    HELP_OFFERED = "help-offered", _("I offer help")
    HELP_WANTED = "help-wanted", _("I need help")
    IDEA = "idea", _("I have an idea for a project")
    PEOPLE_WANTED = "people-wanted", _("We look for participants or helpers")
    INTERPRETER = "interpreter", _("I need an interpreter")
    NETWORK = "network", _("We want to join the network")
    BARRIER = "barrier", _("A barrier keeps me from using a page")


class Activity(models.TextChoices):
    """What volunteers do: both sides of an offer and a request choose from these."""

    SPORT = "sport", _("Sport and games")
    CRAFTS = "crafts", _("Crafts and repairs")
    ART = "art", _("Art and music")
    HOMEWORK = "homework", _("Help with homework")
    GERMAN = "german", _("Learning German")
    FAMILY = "family", _("Sponsoring a family")
    FORMS = "forms", _("Help with forms and applications")
    COMPANY = "company", _("Company to offices and doctors")
    CLUB = "club", _("Opening a club or a meeting to newcomers")
    OTHER = "other", _("Something else")


class Talk(models.TextChoices):
    """What kind of talk an interpreter is needed for."""

    OFFICE = "office", _("With an office or authority")
    HEALTH = "health", _("With a doctor or in a hospital")
    SCHOOL = "school", _("At a school or nursery")
    ADVICE = "advice", _("At an advice centre")
    OTHER = "other", _("Something else")


class EnquiryState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class Outcome(models.TextChoices):
    """How a closed enquiry ended."""

    NONE = "", _("not closed")
    HELPED = "helped", _("settled")
    PASSED_ON = "passed-on", _("somebody else takes care of it")
    NOT_POSSIBLE = "not-possible", _("we could not help")
    NO_REPLY = "no-reply", _("no reply")
    WITHDRAWN = "withdrawn", _("no longer needed")


# Who deals with enquiries. Coordinators see those of their own posts and those of the agency as a
# whole; the agency's administration sees all of them.
WHOLE_AGENCY = frozenset({Role.AGENCY_ADMIN})
OWN_POSTS = frozenset({Role.COORDINATOR})


class EnquiryQuerySet(models.QuerySet):
    """Rows of an enquiry; `enquiry_path` of the model leads to it ("" on itself)."""

    def visible_to(self, user) -> Self:
        """What `user` may see: senders their own enquiries, staff those of their desk.

        A sender is whoever has shown, by a code, that the enquiry's address is theirs.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.is_staff:
            return self.filter(self._where(email__lower=user.email.lower(), erased_at__isnull=True))
        if user.is_superuser:
            return self.all()
        desk = Q(**self._key(assigned_post__in=posts_of(user)))
        desk |= Q(**self._key(assigned_post__isnull=True))
        return self.filter(
            self._where(agency__in=agencies_of(user, WHOLE_AGENCY))
            | self._where(agency__in=agencies_of(user, OWN_POSTS)) & desk
        )

    def of_agencies(self, agency_ids) -> Self:
        return self.filter(**self._key(agency__in=agency_ids))

    def _where(self, **conditions) -> Q:
        return Q(**self._key(**conditions))

    def _key(self, **conditions) -> dict:
        path = self.model.enquiry_path
        return {f"{path}__{name}" if path else name: value for name, value in conditions.items()}


class WrittenOnce(WrittenOnceQuerySet, EnquiryQuerySet):
    """Rows about an enquiry that are written once."""


class Enquiry(models.Model):
    """What somebody wrote, at which desk it lies, and until when an answer is promised.

    `reference` is what people note down; `uuid` stands in addresses. `agency` is never empty:
    nothing is addressed to nobody. Without `assigned_post` it lies with the agency as a whole.
    `activities` and `languages` are lists of keys (`Activity`, language codes). `answer_by` is the
    last day for an answer, while one is owed. After `erased_at` nothing is left of the person.
    """

    agency_path = "agency"
    enquiry_path = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=EnquiryKind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=EnquiryState.choices, default=EnquiryState.OPEN
    )
    outcome = models.CharField(
        _("result"), max_length=20, choices=Outcome.choices, default=Outcome.NONE, blank=True
    )

    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="enquiries"
    )
    assigned_post = models.ForeignKey(
        Post,
        verbose_name=_("responsible post"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
    )
    area = models.ForeignKey(
        Area,
        verbose_name=_("place"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    name = models.CharField(_("name"), max_length=120, blank=True)
    organisation = models.CharField(_("association or organisation"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    typed_place = models.CharField(_("place as typed"), max_length=200, blank=True)
    text = models.TextField(_("message"), max_length=TEXT_LENGTH, blank=True)
    activities = models.JSONField(_("what it is about"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    times = models.CharField(_("when"), max_length=300, blank=True)
    talk = models.CharField(_("kind of talk"), max_length=20, choices=Talk.choices, blank=True)
    talk_on = models.DateField(_("day of the talk"), null=True, blank=True)
    talk_at = models.TimeField(_("time of the talk"), null=True, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)

    language = models.CharField(_("language of the page"), max_length=10, blank=True)
    # Drawn when the form was opened, so that the same form sent twice is one enquiry.
    nonce = models.CharField(max_length=32, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"))
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("desk reminded"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("agency told"), null=True, blank=True)
    look_again_on = models.DateField(_("look again on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["agency", "state", "answer_by"], name="enquiry_inbox"),
            models.Index(fields=["closed_at"], name="enquiry_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="")
                | ~Q(phone="")
                | Q(erased_at__isnull=False)
                # Whoever reports a barrier need not be answered.
                | Q(kind=EnquiryKind.BARRIER),
                name="enquiry_can_be_answered",
                violation_error_message=_("Give an e-mail address or a telephone number."),
            ),
            models.CheckConstraint(
                condition=Q(state=EnquiryState.CLOSED, closed_at__isnull=False)
                | ~Q(state=EnquiryState.CLOSED) & Q(closed_at__isnull=True, outcome=""),
                name="enquiry_closed_or_not",
                violation_error_message=_("A closed enquiry has a day and a result."),
            ),
            models.CheckConstraint(
                condition=~Q(state=EnquiryState.OPEN) | Q(answer_by__isnull=False),
                name="enquiry_open_has_a_day",
                violation_error_message=_("An open enquiry needs a day for the answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:enquiry", args=[self.uuid])

    @property
    def is_open(self) -> bool:
        return self.state == EnquiryState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == EnquiryState.CLOSED


class EnquiryMessage(WrittenOnceModel):
    """What was said about an enquiry, in the order in which it was."""

    class Kind(models.TextChoices):
        SENDER = "sender", _("from the sender")
        ANSWER = "answer", _("answer")
        CALL = "call", _("answered by telephone")
        NOTE = "note", _("internal note")

    agency_path = "enquiry__agency"
    enquiry_path = "enquiry"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("message"), max_length=TEXT_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))

    objects = WrittenOnce.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.get_kind_display()}"


class EnquiryEvent(WrittenOnceModel):
    """What happened to an enquiry. Rows are written once; no personal data but whose desk."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        HANDED_ON = "handed-on", _("handed on")
        ANSWERED = "answered", _("answered")
        WRITTEN = "written", _("the sender wrote again")
        REMINDED = "reminded", _("desk reminded")
        ESCALATED = "escalated", _("agency told that an answer is late")
        MATCHED = "matched", _("introduction proposed")
        AGREED = "agreed", _("agreed to an introduction")
        REFUSED = "refused", _("refused an introduction")
        INTRODUCED = "introduced", _("introduced")
        INTERPRETER = "interpreter", _("interpreter")
        TAKEN_UP = "taken-up", _("taken up into the network")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")

    agency_path = "enquiry__agency"
    enquiry_path = "enquiry"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # The desk from then on; None stands for the agency as a whole.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    # A `contacts.enquiries.routing.Reason`, or what a member of staff gave as one.
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = WrittenOnce.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.get_kind_display()}"
