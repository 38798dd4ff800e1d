"""Telling us that something is wrong or missing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.corrections import receive
from contacts.forms import CorrectionForm
from contacts.models import Correction
from contacts.proposals import shown_of
from contacts.snapshot import current
from portal import limits
from portal.public import form_page, public_page

MESSAGES_AN_HOUR = 20


@form_page
def correction(request: HttpRequest) -> HttpResponse:
    """The form: `?art=` chooses what it is about, `?seite=` says from which page it was opened.

    `?stelle=` names the post whose card is wrong, `?ort=` what was typed and not found.
    """
    if request.method == "POST":
        form = CorrectionForm(request.POST)
        if form.is_valid():
            if not form.is_from_a_program:
                if not is_within_limits(request):
                    form.add_error(None, _("Too many messages at once. Please try again later."))
                    answer = {"form": form}
                    return render(request, "contacts/correction.html", answer, status=429)
                receive(
                    form.cleaned_data,
                    card=form.shown,
                    wanted=form.wanted,
                    nonce=form.nonce,
                    snapshot=current(request.versions),
                    on=request.on,
                    now=request.now,
                )
            return redirect("contacts:correction_thanks")
        return render(request, "contacts/correction.html", {"form": form}, status=422)
    kind = request.GET.get("art", "")
    post = current(request.versions).post(request.GET.get("stelle", ""))
    form = CorrectionForm(
        initial={
            "kind": kind if kind in Correction.Kind.values else Correction.Kind.WRONG,
            "page": request.GET.get("seite", "")[:300],
            "asked": request.GET.get("ort", "")[:100],
            "card": CorrectionForm.sign_card(post.slug, shown_of(post, on=request.on))
            if post
            else "",
            "opened": CorrectionForm.stamp(),
        }
    )
    return render(request, "contacts/correction.html", {"form": form})


def is_within_limits(request: HttpRequest) -> bool:
    """Whether this visitor has not sent more than a person would."""
    return limits.is_within(request, "correction", amount=MESSAGES_AN_HOUR, now=request.now)


@public_page
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "contacts/thanks.html", {"demo": settings.DEMO})
