"""What belongs to a group and to nobody else: who is in it, its meetings, its papers.

Dates are local (Europe/Berlin) and inclusive; null is unknown or open. Instants are UTC.
"""

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.models.constraints import until_not_before_from
from contacts.models.network import Organisation, WorkingGroup
from contacts.models.scoping import AgencyQuerySetBase
from contacts.roles import Role, agencies_of
from contacts.spans import begun, not_ended
from portal import clock

# Who keeps the papers and members of the groups of an agency.
KEEPERS = frozenset({Role.EDITOR, Role.COORDINATOR, Role.AGENCY_ADMIN})


def owner_of_mails(agency_id: int) -> str:
    """The owner (`portal.owners`) of mails to members: their keepers alone see to whom they went.

    No slug of an agency looks like this.
    """
    return f"network__{agency_id}"


class OfGroupQuerySet(AgencyQuerySetBase):
    """Rows of a group; `group_path` of the model leads to it. The public sees none of them."""

    def visible_to(self, user) -> Self:
        """Those who keep the network of the agency, and the members of the group.

        A member is whoever has shown, by a code, that a member's address is theirs.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        if user.is_staff:
            return self.of_agencies(agencies_of(user, KEEPERS))
        return self.filter(**{f"{self.model.group_path}__in": groups_of(user)})


class GroupMember(models.Model):
    """Somebody who belongs to a group from–until. Names and addresses are for the group alone."""

    class Role(models.TextChoices):
        CONVENOR = "convenor", _("convenes the group")
        MEMBER = "member", _("member")

    agency_path = "group__agency"
    group_path = "group"

    group = models.ForeignKey(
        WorkingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="members"
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("partner"),
        on_delete=models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("part"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        ordering = ["role", "name"]
        constraints = [
            until_not_before_from("groupmember_ends_after_it_starts"),
            models.UniqueConstraint(
                "group",
                models.functions.Lower("email"),
                name="groupmember_once",
                violation_error_message=_("This address belongs to the group already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        is_known = self.organisation_id and self.group_id
        if is_known and self.organisation.agency_id != self.group.agency_id:
            refusal = _("This partner belongs to another agency than the group.")
            raise ValidationError({"organisation": refusal})


def members_today() -> models.QuerySet:
    today = clock.today()
    return GroupMember.objects.filter(begun(today), not_ended(today))


def groups_of(user) -> models.QuerySet:
    """The groups of which `user` is a member today, as a subquery of their keys."""
    return members_today().filter(email__lower=user.email.lower()).values("group")


class MeetingQuerySet(OfGroupQuerySet):
    def coming(self, now: dt.datetime) -> Self:
        """Those that are not over at the instant `now`."""
        return self.filter(ends_at__gt=now)

    def past(self, now: dt.datetime) -> Self:
        return self.filter(ends_at__lte=now)


class Meeting(models.Model):
    """A meeting of a group, to which its members are invited. `sequence` counts its changes."""

    agency_path = "group__agency"
    group_path = "group"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(
        WorkingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="meetings"
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    place = models.CharField(_("where"), max_length=300, blank=True)
    agenda = models.TextField(_("agenda"), max_length=4000, blank=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message=_("The end has to be later than the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}, {clock.local(self.starts_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("contacts:meeting", args=[self.uuid])

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be changed or cancelled at the instant `now`."""
        return not self.is_cancelled and self.starts_at > now

    @property
    def heading(self) -> str:
        return self.title or _("Meeting of the group")

    @property
    def when(self) -> str:
        """Such as "Tuesday, 12 January 2027, 17:00 to 19:00", by the clock on the wall."""
        start, end = clock.local(self.starts_at), clock.local(self.ends_at)
        fields = {"day": _day(start), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        if start.date() == end.date():
            return gettext("%(day)s, %(start)s to %(end)s") % fields
        fields["last_day"] = _day(end)
        return gettext("%(day)s, %(start)s, to %(last_day)s, %(end)s") % fields


def _day(moment: dt.datetime) -> str:
    return f"{date_format(moment, 'l')}, {date_format(moment, 'DATE_FORMAT')}"


class GroupPaper(models.Model):
    """A paper for the members of a group, such as the minutes of a meeting: a PDF.

    `file` is a random name in the storage, `name` what people call it.
    """

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        INVITATION = "invitation", _("Invitation")
        PAPER = "paper", _("Paper")

    agency_path = "group__agency"
    group_path = "group"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(
        WorkingGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="papers"
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting"),
        on_delete=models.SET_NULL,
        related_name="papers",
        null=True,
        blank=True,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MINUTES)
    title = models.CharField(_("title"), max_length=160)
    name = models.CharField(_("name of the file"), max_length=150)
    file = models.FileField(_("file"), max_length=200)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"))
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a group")
        verbose_name_plural = _("papers of groups")
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contacts:group_paper", args=[self.uuid])
