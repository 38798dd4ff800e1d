"""Steps with one enquiry, each a page with a form, or a button; `VIEWS` says where."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils.translation import gettext as _

from contacts.admin.enquiries.forms import CloseForm, DayForm, HandOnForm, TextForm
from contacts.admin.enquiries.frame import (
    View,
    address,
    back_to,
    done,
    enquiry_of,
    moment,
    snapshot_now,
)
from contacts.admin.enquiries.page import written
from contacts.enquiries import handling, interpreters
from contacts.enquiries.desks import targets
from contacts.enquiries.handling import MeanwhileError, seen_of
from contacts.models import Enquiry
from portal import clock


def sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def with_form(
    page,
    request: HttpRequest,
    enquiry: Enquiry,
    form: forms.Form,
    act: Callable[[dict], object],
    *,
    title: str,
    button: str,
    said: str,
) -> HttpResponse:
    """A step with a form: `act(cleaned values)` takes it, or the form says why not."""
    seen = request.POST.get("seen") or seen_of(enquiry)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data | {"seen": seen})
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            if isinstance(refused, MeanwhileError):
                seen = seen_of(enquiry)  # as it says now what has happened
        else:
            messages.success(request, said)
            return back_to(page, request, enquiry)
    context = {
        **written(enquiry),
        "title": title,
        "button": button,
        "form": form,
        "seen": seen,
        "said": enquiry.messages.select_related("by"),
        "back": address(enquiry),
    }
    return page.page(request, "step", context, status=422 if form.errors else 200)


def answer(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    form = TextForm(
        sent(request),
        label=_("Your answer"),
        help_text=_("It is sent by mail as you write it, and stands on the sender's page."),
    )
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.answer(enquiry, **typed, **moment(request)),
        title=_("Answer by mail"),
        button=_("Send"),
        said=_("The answer has been sent."),
    )


def called(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    form = TextForm(
        sent(request),
        label=_("What was said on the telephone"),
        help_text=_("In a few words. The sender may read it when they ask what is stored."),
    )
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.called(enquiry, **typed, **moment(request)),
        title=_("Answered by telephone"),
        button=_("Save"),
        said=_("Noted down: answered by telephone."),
    )


def note(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    form = TextForm(
        sent(request),
        label=_("Note for colleagues"),
        help_text=_("It does not stand on the sender's page."),
    )
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.note(enquiry, typed["text"], **moment(request)),
        title=_("Internal note"),
        button=_("Save"),
        said=_("The note stands with the enquiry."),
    )


def hand_on(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry, snapshot = enquiry_of(page, request, pk), snapshot_now()
    found = targets(enquiry, on=clock.today(), snapshot=snapshot)
    form = HandOnForm(sent(request), targets=found, agency_id=enquiry.agency_id)
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.hand_on(enquiry, snapshot=snapshot, **typed, **moment(request)),
        title=_("Hand on"),
        button=_("Hand on"),
        said=_("Handed on. Whoever has it now has been told, and so has the sender."),
    )


def close(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    form = CloseForm(sent(request), has_interpreter=interpreters.is_under_way(enquiry))
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.close(enquiry, **typed, **moment(request)),
        title=_("Close"),
        button=_("Close"),
        said=_("The enquiry is closed."),
    )


def look_again(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    form = DayForm(sent(request), initial={"day": enquiry.look_again_on})
    return with_form(
        page,
        request,
        enquiry,
        form,
        lambda typed: handling.look_again(enquiry, typed["day"], **moment(request)),
        title=_("Look again"),
        button=_("Save"),
        said=_("The day is noted."),
    )


def reopen(page, request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    enquiry = enquiry_of(page, request, pk)
    return done(
        page,
        request,
        enquiry,
        lambda: handling.reopen(enquiry, **moment(request)),
        _("The enquiry is open again."),
    )


VIEWS: dict[str, tuple[str, View]] = {
    "answer": ("<int:pk>/answer/", answer),
    "called": ("<int:pk>/called/", called),
    "note": ("<int:pk>/note/", note),
    "hand_on": ("<int:pk>/hand-on/", hand_on),
    "close": ("<int:pk>/close/", close),
    "look_again": ("<int:pk>/look-again/", look_again),
    "reopen": ("<int:pk>/reopen/", reopen),
}
