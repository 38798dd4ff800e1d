"""What those who convene a group do: invite to a meeting, change and cancel it, add papers.

Whoever belongs to the group and does not convene it finds none of these pages (404).
"""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.meeting_forms import MeetingForm, PaperForm
from contacts.models import GroupPaper, Meeting, WorkingGroup
from contacts.network import access, meetings, papers
from contacts.views.members import group_of, meeting_of
from portal import limits
from portal.entrance import person_page

MAILS_AN_HOUR = 20  # invitations, changes and cancellations of one account
PAPERS_AN_HOUR = 30


# Meetings -----------------------------------------------------------------------------------------


@person_page
def meeting_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite to a meeting."""
    group = _convened(request, group_of(request, slug))
    if request.method != "POST":
        return _meeting_page(request, group, MeetingForm.opened())
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _meeting_page(request, group, form, status=422)
    if not _may_mail_more(request):
        return _too_often(request, group, form)
    try:
        told = meetings.invite(
            group, **form.plan, key=form.cleaned_data["key"], by=request.person, now=request.now
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _meeting_page(request, group, form, status=422)
    said = ngettext(
        "The meeting stands in the list. %(number)s person is invited by mail.",
        "The meeting stands in the list. %(number)s people are invited by mail.",
        told.people,
    )
    messages.success(request, said % {"number": told.people})
    return redirect(told.meeting)


@person_page
def meeting_change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Change a meeting, and tell its members what is new."""
    meeting = _convened_meeting(request, key)
    if request.method != "POST":
        if not meeting.is_open(request.now):
            return redirect(meeting)  # which says why
        return _meeting_page(request, meeting.group, MeetingForm.about(meeting), meeting=meeting)
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _meeting_page(request, meeting.group, form, meeting=meeting, status=422)
    if not _may_mail_more(request):
        return _too_often(request, meeting.group, form, meeting=meeting)
    seen = form.cleaned_data["seen"]
    try:
        told = meetings.change(
            meeting,
            **form.plan,
            seen=-1 if seen is None else seen,
            by=request.person,
            now=request.now,
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _meeting_page(request, meeting.group, form, meeting=meeting, status=422)
    if told.people:
        said = ngettext(
            "The meeting is changed. %(number)s person is told what is new by mail.",
            "The meeting is changed. %(number)s people are told what is new by mail.",
            told.people,
        )
        messages.success(request, said % {"number": told.people})
    else:
        messages.info(request, _("Nothing about the meeting is new, so nobody is told."))
    return redirect(told.meeting)


@person_page
def meeting_cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Cancel a meeting; GET asks first."""
    meeting = _convened_meeting(request, key)
    context = {"meeting": meeting, "group": meeting.group}
    context["number"] = access.members(meeting.group, request.on).count()
    if request.method != "POST":
        if not meeting.is_open(request.now):
            return redirect(meeting)
        return render(request, "contacts/network/members/meeting_cancel.html", context)
    try:
        told = meetings.cancel(meeting, by=request.person, now=request.now)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect(meeting)
    said = ngettext(
        "The meeting is cancelled. %(number)s person is told by mail.",
        "The meeting is cancelled. %(number)s people are told by mail.",
        told.people,
    )
    messages.success(request, said % {"number": told.people})
    return redirect(meeting)


def _convened_meeting(request: HttpRequest, key: uuid.UUID) -> Meeting:
    """A meeting of a group that they convene; 404 else."""
    meeting = meeting_of(request, key)
    _convened(request, meeting.group)
    return meeting


def _convened(request: HttpRequest, group: WorkingGroup) -> WorkingGroup:
    if not access.may_convene(request.person, group, request.on):
        raise Http404("not theirs to convene")
    return group


def _may_mail_more(request: HttpRequest) -> bool:
    who = str(request.person.pk)
    return limits.is_within(request, "group-mail", amount=MAILS_AN_HOUR, now=request.now, of=who)


def _too_often(
    request: HttpRequest, group: WorkingGroup, form: MeetingForm, *, meeting: Meeting | None = None
) -> HttpResponse:
    form.add_error(None, _("Too many mails to the members at once. Please try again later."))
    return _meeting_page(request, group, form, meeting=meeting, status=429)


def _meeting_page(
    request: HttpRequest,
    group: WorkingGroup,
    form: MeetingForm,
    *,
    meeting: Meeting | None = None,
    status: int = 200,
) -> HttpResponse:
    number = access.members(group, request.on).count()
    context = {"group": group, "form": form, "meeting": meeting, "number": number}
    template = "contacts/network/members/meeting_form.html"
    return render(request, template, context, status=status)


# Papers -------------------------------------------------------------------------------------------


@person_page
def paper_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add minutes or another paper, a PDF; `?treffen=` names the meeting that it belongs to."""
    group = _convened(request, group_of(request, slug))
    every = Meeting.objects.visible_to(request.person).filter(group=group)
    if request.method != "POST":
        form = PaperForm(meetings=every, initial=_about(request, every))
        return _paper_page(request, group, form)
    form = PaperForm(request.POST, request.FILES, meetings=every)
    if not form.is_valid():
        return _paper_page(request, group, form, status=422)
    who = str(request.person.pk)
    if not limits.is_within(request, "group-paper", amount=PAPERS_AN_HOUR, now=request.now, of=who):
        form.add_error(None, _("Too many files at once. Please try again later."))
        return _paper_page(request, group, form, status=429)
    typed = form.cleaned_data
    upload = typed.pop("file")
    try:
        papers.add(group, upload, **typed, by=request.person, now=request.now)
    except ValidationError as refused:
        form.add_error("file", refused.messages)
        return _paper_page(request, group, form, status=422)
    messages.success(
        request, _("The paper is there for the members of the group. They get no mail about it.")
    )
    return redirect(typed["meeting"] or _address_of(group))


def _about(request: HttpRequest, every) -> dict:
    """What the form holds when it is opened from the page of a meeting."""
    initial = {"key": uuid.uuid4()}
    try:
        named = uuid.UUID(request.GET.get("treffen", ""))
    except ValueError:
        return initial
    meeting = every.filter(uuid=named).first()
    return initial | {"meeting": meeting.pk} if meeting else initial


@person_page
def paper_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Remove a paper for good; GET asks first."""
    rows = GroupPaper.objects.visible_to(request.person).select_related("group__agency")
    paper = get_object_or_404(rows, uuid=key)
    group = _convened(request, paper.group)
    if request.method != "POST":
        context = {"paper": paper, "group": group}
        return render(request, "contacts/network/members/paper_remove.html", context)
    papers.remove(paper, by=request.person, now=request.now)
    messages.success(request, _("The paper is removed."))
    return redirect(_address_of(group))


def _address_of(group: WorkingGroup) -> str:
    return reverse("contacts:own_group", args=[group.slug])


def _paper_page(
    request: HttpRequest, group: WorkingGroup, form: PaperForm, *, status: int = 200
) -> HttpResponse:
    context = {"group": group, "form": form}
    return render(request, "contacts/network/members/paper_form.html", context, status=status)
