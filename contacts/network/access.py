"""Whose a group is: who belongs to it today, who keeps it, who may convene it."""

import datetime as dt

from django.db.models import QuerySet

from contacts.models import GroupMember, WorkingGroup
from contacts.models.groups import KEEPERS, groups_of
from contacts.roles import agencies_of
from contacts.spans import begun, not_ended


def groups_for(user) -> QuerySet[WorkingGroup]:
    """The groups whose meetings and papers `user` may see: as a member of today, or as a keeper.

    The same rule as `visible_to` of what belongs to a group; `visible_to` of the groups themselves
    is what the public sees.
    """
    groups = WorkingGroup.objects.select_related("agency")
    groups = groups.prefetch_related("translations", "agency__translations")
    if not user.is_authenticated or not user.is_active:
        return groups.none()
    if user.is_superuser:
        return groups.all()
    if user.is_staff:
        return groups.of_agencies(agencies_of(user, KEEPERS))
    return groups.filter(pk__in=groups_of(user))


def is_keeper(user, group: WorkingGroup) -> bool:
    """Whether `user` keeps the network of the agency of `group`, as a member of its staff."""
    if not user.is_active:
        return False
    return user.is_superuser or (user.is_staff and group.agency_id in agencies_of(user, KEEPERS))


def may_convene(user, group: WorkingGroup, on: dt.date) -> bool:
    """Whether `user` may invite to meetings of `group` and add papers on the local date `on`.

    Keepers of its agency may, and whoever convenes the group on that day.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    if is_keeper(user, group):
        return True
    return (
        not user.is_staff and convenors(group, on).filter(email__lower=user.email.lower()).exists()
    )


def members(group: WorkingGroup, on: dt.date) -> QuerySet[GroupMember]:
    """Who belongs to `group` on the local date `on`: those who convene it first."""
    rows = group.members.filter(begun(on), not_ended(on)).select_related("organisation")
    return rows.order_by("role", "name", "pk")


def convenors(group: WorkingGroup, on: dt.date) -> QuerySet[GroupMember]:
    return members(group, on).filter(role=GroupMember.Role.CONVENOR)
