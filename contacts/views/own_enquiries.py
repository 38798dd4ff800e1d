"""What has become of an enquiry: behind its number and a code to the address of its sender."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.cards import Card
from contacts.enquiries import consent, following
from contacts.enquiry_forms import StatusForm, WriteForm
from contacts.models import Assignment, Enquiry, EnquiryMessage, Introduction
from contacts.models.enquiry import Activity
from contacts.snapshot import current
from contacts.spoken import language_name
from contacts.views.enquiries import at_work
from contacts.views.shared import moment_of
from portal import limits
from portal.entrance import Carried, applicant_page, ask_for_code
from portal.models import User
from portal.public import form_page

ARRIVAL = "enquiry"
OWN = (gettext_lazy("My enquiries"), "contacts:own_enquiries")
MESSAGES_AN_HOUR = 20
State = Introduction.State


@form_page
def status(request: HttpRequest) -> HttpResponse:
    """Number and address: the answer is the same whether there is such an enquiry or not."""
    if request.method != "POST":
        return _status_page(request, StatusForm(initial={"number": request.GET.get("nummer", "")}))
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _status_page(request, form, status=422)
    carried = Carried(ARRIVAL, {"number": form.cleaned_data["number"]})
    return ask_for_code(request, form.cleaned_data["email"], carried=carried)


def _status_page(request: HttpRequest, form: StatusForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "offices": at_work(request, current(request.versions))}
    return render(request, "contacts/enquiry/status.html", context, status=status)


def arrive(request: HttpRequest, user: User, data: dict) -> str:
    """After the code: to the enquiry, if it is one of theirs."""
    found = Enquiry.objects.visible_to(user).filter(reference=data["number"]).first()
    if found is None:
        return f"{reverse('contacts:own_enquiries')}?nicht-gefunden"
    return found.get_absolute_url()


@applicant_page
def own(request: HttpRequest) -> HttpResponse:
    """Everything that this account has written, the newest first."""
    context = {
        "enquiries": Enquiry.objects.visible_to(request.applicant),
        "not_found": "nicht-gefunden" in request.GET,
    }
    return render(request, "contacts/enquiry/own.html", context)


@applicant_page
def enquiry(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _show(request, _own(request, key), WriteForm())


@applicant_page
def write(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One more message; what is answered or closed is open again."""
    found = _own(request, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    if not _may_do_more(request):
        form.add_error(None, _("Too many messages at once. Please try again later."))
        return _show(request, found, form, status=429)
    try:
        following.write(
            found,
            form.cleaned_data["text"],
            by=request.applicant,
            snapshot=current(request.versions),
            now=request.now,
        )
    except ValidationError as refused:  # erased at this very moment
        form.add_error(None, refused)
        return _show(request, found, form, status=422)
    messages.success(request, _("Your message has been sent to the office."))
    return redirect(found)


@applicant_page
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = _own(request, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        following.withdraw(found, by=request.applicant, now=request.now)
    except ValidationError as refused:  # erased at this very moment
        raise Http404 from refused
    messages.success(request, _("Your enquiry is closed. If you write again, it is open again."))
    return redirect(found)


@applicant_page
def introduction(request: HttpRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    """Agree to an introduction, or refuse it."""
    found = _own(request, key)
    asked = next((each for each in _introductions(found) if each.pk == pk), None)
    if asked is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    verbs = {"agree": consent.agree, "refuse": consent.refuse}
    verb = verbs.get(request.POST.get("answer", ""))
    if verb is None:
        return redirect(found)
    try:
        verb(asked.row, asked.side, by=request.applicant, now=request.now)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        said = {"agree": _("You have agreed."), "refuse": _("You have refused. That is all right.")}
        messages.success(request, said[request.POST["answer"]])
    return redirect(found)


def _own(request: HttpRequest, key: uuid.UUID) -> Enquiry:
    return get_object_or_404(Enquiry.objects.visible_to(request.applicant), uuid=key)


def _may_do_more(request: HttpRequest) -> bool:
    return limits.is_within(
        request,
        "enquiry-message",
        amount=MESSAGES_AN_HOUR,
        now=request.now,
        of=str(request.applicant.pk),
    )


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """An introduction as one side sees it: what it is about, and not who the other is."""

    row: Introduction
    side: str
    has_agreed: bool
    about: str
    place: str

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def is_done(self) -> bool:
        return self.row.state == State.DONE


def _introductions(enquiry: Enquiry) -> list[Asked]:
    """Those that wait or are done, with what the two have in common."""
    found = []
    for side, other_side in (("offer", "request"), ("request", "offer")):
        rows = Introduction.objects.filter(**{side: enquiry}, state__in=[State.ASKED, State.DONE])
        for row in rows.select_related(f"{other_side}__area"):
            other = getattr(row, other_side)
            found.append(
                Asked(
                    row,
                    side,
                    getattr(row, f"{side}_agreed_at") is not None,
                    about=activities_of(other.activities),
                    place=other.area.name if other.area else "",
                )
            )
    return found


def _interpreter(enquiry: Enquiry) -> Assignment | None:
    """Whoever is asked, comes or came; the page says when, and never who."""
    shown = (*Assignment.UNDER_WAY, Assignment.State.DONE)
    return enquiry.assignments.filter(state__in=shown).first()


def activities_of(keys: list[str]) -> str:
    names = dict(Activity.choices)
    return ", ".join(str(names.get(key, key)) for key in keys)


def _show(
    request: HttpRequest, found: Enquiry, form: WriteForm, *, status: int = 200
) -> HttpResponse:
    snapshot = current(request.versions)
    now_at = following.held(found, on=request.on, snapshot=snapshot)
    rows = found.messages.exclude(kind=EnquiryMessage.Kind.NOTE)
    context = {
        "enquiry": found,
        "form": form,
        "card": Card(now_at.desk.agency, moment_of(request), now_at.desk.contact),
        "reason": now_at.reason,
        "said": rows,
        "introductions": _introductions(found),
        "interpreter": _interpreter(found),
        "activities": activities_of(found.activities),
        "languages": ", ".join(language_name(code) for code in found.languages),
    }
    return render(request, "contacts/enquiry/enquiry.html", context, status=status)
