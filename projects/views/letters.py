"""Letters of the office, as their reader opens them, and the objection against them."""

import uuid
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.files import as_attachment
from portal.views import errors
from projects import deliveries, letters
from projects.grant_forms import ObjectionForm
from projects.models import Application, Delivery, Letter, Objection
from projects.states import ObjectionState
from projects.views.shared import case_of, case_page, may_write_to_the_office, moment
from projects.workflow import RefusedError, objecting


def letters_of(found: Application) -> list[Letter]:
    """The letters of a case, the newest first, each with what its reader has to know.

    `is_unread`: it lies ready, and opening it is what makes it count as received. `until` is the
    last day for an objection, None where none is possible or the day is not known yet.
    """
    rows = found.letters.defer("pdf", "content").prefetch_related("deliveries", "objections")
    shown = list(rows.order_by("-number"))
    for letter in shown:
        ways = letter.deliveries.all()
        letter.title = letters.title_of(letter.kind)
        letter.is_unread = any(_waits(way) for way in ways)
        letter.is_posted = any(way.way == Delivery.Way.POST for way in ways)
        days = [way.objection_until for way in ways if way.objection_until]
        letter.until = min(days, default=None)
        filed = [row for row in letter.objections.all() if row.state == ObjectionState.OPEN]
        letter.objection = filed[0] if filed else None
        letter.may_object = letter.kind in objecting.OPEN_TO_OBJECTION and not filed
    return shown


def _waits(delivery: Delivery) -> bool:
    """Whether opening the letter is what delivers it."""
    is_ready = delivery.way == Delivery.Way.PORTAL and delivery.failed_on is None
    return is_ready and delivery.fetched_at is None


def letter_of(found: Application, number: int) -> Letter:
    letter = next((row for row in letters_of(found) if row.number == number), None)
    if letter is None:
        raise Http404("no such letter")
    return letter


@case_page
def letter(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """Says what opening a letter means; the button opens it."""
    found = case_of(request, case)
    shown = letter_of(found, number)
    address = reverse("projects:letter_document", args=[found.uuid, number])
    if not shown.is_unread:
        return redirect(address)
    if request.method != "POST":
        context = {"application": found, "letter": shown}
        return render(request, "projects/grant/letter.html", context)
    deliveries.fetch(shown, **moment(request))
    return redirect(address)


@case_page
def document(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """The letter itself, as it was issued; one that nobody has opened yet is opened first."""
    found = case_of(request, case)
    if letter_of(found, number).is_unread:
        return redirect("projects:letter", found.uuid, number)
    row = found.letters.defer("content").get(number=number)
    name = f"{found.reference}-{letters.title_of(row.kind)}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")


@case_page
def object_to(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """An objection against a letter."""
    found = case_of(request, case)
    shown = letter_of(found, number)
    if not shown.may_object:
        return redirect(found)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not may_write_to_the_office(request):
            return errors.too_many_requests(request)
        try:
            text = form.cleaned_data["text"]
            objecting.file(shown, text, received_on=request.on, **moment(request))
        except RefusedError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Your objection has arrived. You get a mail about it."))
            return redirect(found)
    is_late = shown.until is not None and request.on > shown.until
    context = {"application": found, "letter": shown, "form": form, "is_late": is_late}
    status = 422 if form.is_bound else 200
    return render(request, "projects/grant/objection.html", context, status=status)


@case_page
def withdraw_objection(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """Take an objection back, after a question. `number` is that of the letter."""
    found = case_of(request, case)
    shown = letter_of(found, number)
    if shown.objection is None:
        return redirect(found)
    if request.method != "POST":
        context = {"application": found, "letter": shown}
        return render(request, "projects/grant/withdraw_objection.html", context)
    try:
        objecting.withdraw(Objection.objects.get(pk=shown.objection.pk), **moment(request))
    except RefusedError as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("The objection has been withdrawn. The decision stands."))
    return redirect(found)
