"""Taking up an organisation into the network from the enquiry by which it asked to join."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.enquiries import handling, mails
from contacts.enquiries.events import enter
from contacts.models import (
    Agency,
    Area,
    Enquiry,
    EnquiryEvent,
    GroupMember,
    Organisation,
    OrganisationTranslation,
    WorkingGroup,
)
from contacts.models.enquiry import EnquiryKind, EnquiryState
from contacts.models.groups import KEEPERS
from contacts.models.network import PartnerKind
from contacts.names import search_keys
from contacts.roles import agencies_of
from contacts.slugs import free_slug
from portal import clock
from portal.models import User
from portal.texts import texts

TAKEN_UP = EnquiryEvent.Kind.TAKEN_UP


def can_be_taken_up(enquiry: Enquiry) -> bool:
    """Whether it asks to join, and nobody has answered that by taking it up."""
    if enquiry.kind != EnquiryKind.NETWORK or enquiry.is_closed or enquiry.erased_at:
        return False
    return not enquiry.events.filter(kind=TAKEN_UP).exists()


def namesake(enquiry: Enquiry, name: str) -> Organisation | None:
    """The partner of the enquiry's agency with the same name, however it is written."""
    wanted = search_keys(name)
    for partner in Organisation.objects.filter(agency=enquiry.agency_id):
        if any(a and a == b for a, b in zip(search_keys(partner.name), wanted, strict=True)):
            return partner
    return None


@transaction.atomic
def take_up(
    enquiry: Enquiry,
    *,
    name: str,
    kind: str,
    area: Area | None,
    is_listed: bool,
    groups: Collection[WorkingGroup],
    by: User,
    now: dt.datetime,
    summary: str = "",
    seen: str = "",
) -> Organisation:
    """Make the organisation `name` a partner, the sender a member of `groups`, and tell them.

    A partner of this name that is there already is taken as it is. An address that belongs to a
    group gets no second row; a membership that was over goes on. The mail counts as the answer.
    Raises ValidationError, and MeanwhileError as `handling` does.
    """
    enquiry = handling.locked(enquiry, by=by, seen=seen)
    _check(enquiry, by=by)
    name = " ".join(name.split())
    if not search_keys(name)[0]:
        raise ValidationError(_("Enter the name of the organisation."))
    _check_groups(enquiry, groups, on=clock.today(now))
    # Of two enquiries of the same organisation the second one finds the partner of the first.
    Agency.objects.select_for_update(no_key=True, of=("self",)).get(pk=enquiry.agency_id)
    partner = namesake(enquiry, name)
    if partner is None:
        if kind not in PartnerKind.values:
            raise ValidationError(_("Choose the kind of partner."))
        partner = _create(enquiry, name, kind=kind, area=area, is_listed=is_listed, summary=summary)
    for group in groups:
        _enrol(enquiry, group, partner, on=clock.today(now))
    enter(enquiry, TAKEN_UP, by=by, now=now)
    if enquiry.email:
        if enquiry.state == EnquiryState.OPEN:
            enquiry.state, enquiry.answered_at = EnquiryState.ANSWERED, now
            enquiry.save(update_fields=["state", "answered_at"])
        _tell(enquiry, partner, groups, now=now)
    return partner


def _check(enquiry: Enquiry, *, by: User) -> None:
    if enquiry.kind != EnquiryKind.NETWORK:
        raise ValidationError(_("This enquiry does not ask to join the network."))
    if not by.is_superuser and enquiry.agency_id not in agencies_of(by, KEEPERS):
        raise ValidationError(_("You do not keep the network of this agency."))
    if enquiry.events.filter(kind=TAKEN_UP).exists():
        raise ValidationError(_("This enquiry has been taken up into the network already."))
    if enquiry.is_closed:
        raise ValidationError(_("This enquiry is closed. Open it again first."))


def _check_groups(enquiry: Enquiry, groups: Collection[WorkingGroup], *, on: dt.date) -> None:
    for group in groups:
        is_over = group.ended_on is not None and group.ended_on < on
        if group.agency_id != enquiry.agency_id or is_over:
            raise ValidationError(_("Choose groups of this agency that are at work."))
    if groups and not enquiry.email:
        raise ValidationError(
            _(
                "There is no e-mail address, and members are invited by mail. Take it up without "
                "a group, and enter the member once you know an address."
            )
        )


def _create(
    enquiry: Enquiry, name: str, *, kind: str, area: Area | None, is_listed: bool, summary: str
) -> Organisation:
    """How the sender is reached is not copied: that would make it public."""
    partner = Organisation(
        slug=free_slug(name, among=Organisation.objects.all(), otherwise="partner"),
        agency_id=enquiry.agency_id,
        name=name,
        kind=kind,
        area=area,
        is_listed=is_listed,
    )
    partner.full_clean()
    partner.save()
    if summary:
        words = OrganisationTranslation(
            master=partner, language_code=settings.LANGUAGE_CODE, summary=summary
        )
        words.full_clean()
        words.save()
    return partner


def _enrol(enquiry: Enquiry, group: WorkingGroup, partner: Organisation, *, on: dt.date) -> None:
    member = group.members.filter(email__lower=enquiry.email.lower()).first()
    if member is None:
        GroupMember.objects.create(
            group=group,
            organisation=partner,
            name=enquiry.name or partner.name[: GroupMember._meta.get_field("name").max_length],
            email=enquiry.email,
            valid_from=on,
        )
    elif member.valid_until is not None and member.valid_until < on:
        # Whoever convened it then does not by this: the agency enters that.
        member.valid_until, member.role = None, GroupMember.Role.MEMBER
        member.save(update_fields=["valid_until", "role"])


def _tell(
    enquiry: Enquiry, partner: Organisation, groups: Collection[WorkingGroup], *, now: dt.datetime
) -> None:
    with override(enquiry.language or settings.LANGUAGE_CODE):
        members_page = settings.SITE_URL + reverse("contacts:own_groups")
    mails.to_sender(
        enquiry,
        "taken-up",
        now=now,
        partner=partner.name,
        groups=[texts(group.translations.all(), "name") for group in groups],
        members_page=members_page,
    )
