"""Behind the log-in: the groups that somebody belongs to, their meetings and papers.

Members come in by a code to their address, keepers of the agency as staff. What is not theirs to
see does not exist (404).
"""

import uuid

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from contacts.models import GroupPaper, Meeting, WorkingGroup
from contacts.network import access, calendar
from portal.context import absolute
from portal.entrance import person_page
from portal.files import as_attachment
from portal.uploads import PDF

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


@person_page
def meeting(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One meeting: when, where, what about, with its papers and its entry for calendars."""
    found = meeting_of(request, key)
    context = {
        "group": found.group,
        "meeting": found,
        "papers": GroupPaper.objects.visible_to(request.person).filter(meeting=found),
        "convenes": access.may_convene(request.person, found.group, request.on),
        "is_open": found.is_open(request.now),
        "is_coming": found.ends_at > request.now,
    }
    return render(request, "contacts/network/members/meeting.html", context)


@person_page
def meeting_ics(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The meeting as an entry for calendar programs; of a cancelled one, that it is."""
    found = meeting_of(request, key)
    url = absolute(request, found.get_absolute_url())
    content = calendar.entry(found, url=url, now=request.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="treffen.ics"'
    return response


@person_page
def paper(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The file of a paper, to be saved: for those who may see the group, and nobody else."""
    found = get_object_or_404(GroupPaper.objects.visible_to(request.person), uuid=key)
    try:
        content = default_storage.open(found.file.name)
    except FileNotFoundError as error:  # removed a moment ago
        raise Http404("no such file") from error
    return as_attachment(content, name=found.name, content_type=PDF.content_type)


def meeting_of(request: HttpRequest, key: uuid.UUID) -> Meeting:
    """The meeting with this number, if it is one of theirs; 404 else."""
    rows = Meeting.objects.visible_to(request.person).select_related("group__agency")
    return get_object_or_404(rows, uuid=key)


def group_of(request: HttpRequest, slug: str) -> WorkingGroup:
    """The group called `slug`, if it is one of theirs; 404 else."""
    return get_object_or_404(access.groups_for(request.person), slug=slug)
