"""Telling us that something is wrong, missing, or cannot be used."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from contacts.corrections import receive
from contacts.forms import CorrectionForm
from contacts.models import Correction
from contacts.snapshot import current
from portal.public import form_page, public_page


@form_page
def correction(request: HttpRequest) -> HttpResponse:
    """The form; `?art=` chooses what it is about, `?seite=` says from which page it was opened."""
    if request.method == "POST":
        form = CorrectionForm(request.POST)
        if form.is_valid():
            if not form.is_from_a_program:
                receive(
                    form.cleaned_data,
                    nonce=form.nonce,
                    snapshot=current(request.versions),
                    on=request.on,
                    now=request.now,
                )
            return redirect("contacts:correction_thanks")
        return render(request, "contacts/correction.html", {"form": form}, status=422)
    kind = request.GET.get("art", "")
    form = CorrectionForm(
        initial={
            "kind": kind if kind in Correction.Kind.values else Correction.Kind.WRONG,
            "page": request.GET.get("seite", "")[:300],
            "opened": CorrectionForm.stamp(),
        }
    )
    return render(request, "contacts/correction.html", {"form": form})


@public_page
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "contacts/thanks.html", {"demo": settings.DEMO})
