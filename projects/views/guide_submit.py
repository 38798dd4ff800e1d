"""Entering an offer for the guide, without an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.snapshot import current
from portal import limits
from portal.public import form_page, public_page
from projects import offers
from projects.guide_forms import OfferForm

OFFERS_AN_HOUR = 20
FORM = "projects/guide/submit.html"


@form_page
def submit(request: HttpRequest) -> HttpResponse:
    """The form; what it brings waits for release by the agency at its place."""
    snapshot = current(request.versions)
    if request.method != "POST":
        initial = {"opened": OfferForm.stamp(), "place": request.GET.get("ort", "")[:100]}
        form = OfferForm(initial=initial, snapshot=snapshot, on=request.on)
        return render(request, FORM, {"form": form})
    form = OfferForm(request.POST, snapshot=snapshot, on=request.on)
    if not form.is_valid():
        return render(request, FORM, {"form": form}, status=422)
    if form.is_from_a_program:
        return redirect("projects:offer_submitted")
    if not limits.is_within(request, "offer", amount=OFFERS_AN_HOUR, now=request.now):
        form.add_error(None, _("Too many offers at once. Please try again later."))
        return render(request, FORM, {"form": form}, status=429)
    offers.submit(
        form.values,
        times=form.times,
        language=form.cleaned_data["written_in"],
        place=form.chosen_place,
        agency=form.agency,
        nonce=form.nonce,
        now=request.now,
    )
    return redirect("projects:offer_submitted")


@public_page
def submitted(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/guide/submitted.html", {"demo": settings.DEMO})
