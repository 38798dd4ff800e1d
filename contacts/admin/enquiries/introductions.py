"""Bringing two together: ask both, note down what somebody said on the telephone, take it back."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.enquiries.frame import View, done, enquiry_of, moment
from contacts.enquiries import consent, matching
from contacts.models import Enquiry, Introduction

SIDES = ("offer", "request")


def by_post(view: View) -> View:
    """Make a view of an enquiry, `(page, request, enquiry, …)`, that answers to POST alone."""

    def checked(page, request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(page, request, enquiry_of(page, request, pk), *args, **kwargs)

    return checked


@by_post
def propose(page, request: HttpRequest, enquiry: Enquiry, other: int) -> HttpResponse:
    found = enquiry_of(page, request, other)
    is_offer = enquiry.kind in matching.OFFERS
    offer, wanted = (enquiry, found) if is_offer else (found, enquiry)
    return done(
        page,
        request,
        enquiry,
        lambda: matching.propose(offer, wanted, **moment(request)),
        _("Both are asked: by mail, and whoever gave only a telephone number by you."),
    )


def _of(request: HttpRequest, enquiry: Enquiry, number: int) -> Introduction:
    """An introduction of this enquiry of which the user sees both sides; else 404."""
    rows = Introduction.objects.visible_to(request.user).filter(pk=number)
    found = (rows.filter(offer=enquiry) | rows.filter(request=enquiry)).first()
    if found is None:
        raise Http404
    return found


def _by_telephone(verb: Callable, said: Promise) -> View:
    @by_post
    def view(page, request: HttpRequest, enquiry: Enquiry, number: int, side: str) -> HttpResponse:
        if side not in SIDES:
            raise Http404
        found = _of(request, enquiry, number)
        return done(page, request, enquiry, lambda: verb(found, side, **moment(request)), str(said))

    return view


agree = _by_telephone(consent.agree, gettext_lazy("Noted down: agreed by telephone."))
refuse = _by_telephone(consent.refuse, gettext_lazy("Noted down: does not want to."))


@by_post
def take_back(page, request: HttpRequest, enquiry: Enquiry, number: int) -> HttpResponse:
    found = _of(request, enquiry, number)
    return done(
        page,
        request,
        enquiry,
        lambda: matching.take_back(found, **moment(request)),
        _("Taken back: nobody is asked any more."),
    )


VIEWS: dict[str, tuple[str, View]] = {
    "propose": ("<int:pk>/propose/<int:other>/", propose),
    "agree": ("<int:pk>/introduction/<int:number>/<slug:side>/agree/", agree),
    "refuse": ("<int:pk>/introduction/<int:number>/<slug:side>/refuse/", refuse),
    "take_back": ("<int:pk>/introduction/<int:number>/take-back/", take_back),
}
