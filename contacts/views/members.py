"""Behind the log-in: the groups that somebody belongs to, their meetings and papers.

Members come in by a code to their address, keepers of the agency as staff. What is not theirs to
see does not exist (404).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from contacts.models import GroupPaper, Meeting, WorkingGroup
from contacts.network import access
from portal.entrance import person_page

OWN = (_("My groups"), "contacts:own_groups")
SOON = 5  # meetings named for each group in the list


@person_page
def own_groups(request: HttpRequest) -> HttpResponse:
    """The groups of this account, with what comes next."""
    groups = list(access.groups_for(request.person))
    coming = Meeting.objects.visible_to(request.person).coming(request.now).order_by("starts_at")
    by_group: dict[int, list[Meeting]] = {}
    for meeting in coming:
        by_group.setdefault(meeting.group_id, []).append(meeting)
    listed = [(group, by_group.get(group.pk, [])[:SOON]) for group in groups]
    return render(request, "contacts/network/members/groups.html", {"groups": listed})


@person_page
def own_group(request: HttpRequest, slug: str) -> HttpResponse:
    """One group: coming and past meetings, papers, and who else belongs to it."""
    group = group_of(request, slug)
    meetings = Meeting.objects.visible_to(request.person).filter(group=group)
    papers = GroupPaper.objects.visible_to(request.person).filter(group=group)
    context = {
        "group": group,
        "coming": meetings.coming(request.now).order_by("starts_at"),
        "past": meetings.past(request.now).prefetch_related("papers"),
        "papers": papers.select_related("meeting"),
        "members": access.members(group, request.on),
        "convenes": access.may_convene(request.person, group, request.on),
    }
    return render(request, "contacts/network/members/group.html", context)


def group_of(request: HttpRequest, slug: str) -> WorkingGroup:
    """The group called `slug`, if it is one of theirs; 404 else."""
    return get_object_or_404(access.groups_for(request.person), slug=slug)
