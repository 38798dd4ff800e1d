"""The page behind a mailed link on which a provider says whether an offer is still right."""

import hashlib

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms import PortalForm
from portal.guarded import is_visible
from portal.public import form_page
from projects import offer_confirming, offers
from projects.guide import OfferView, current
from projects.models import Offer

PAGE = "projects/guide/confirm.html"


class ChangedForm(PortalForm):
    """What has changed, in the provider's own words."""

    text = forms.CharField(
        label=gettext_lazy("What has changed?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what has changed.")},
    )

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not is_visible(text):
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text


@form_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer as the public sees it; the first button confirms what was shown.

    Always 200 while the link counts: an error status would be logged with the address.
    """
    pk = offer_confirming.read_link(token)
    guide = current(request.versions)
    offer = next((o for o in guide.listed(request.on) if o.id == pk), None)
    if offer is None:
        return render(request, PAGE, {"too_late": True}, status=410)
    context = {"offer": offer, "seen": offer_confirming.digest_of(offer), "form": ChangedForm()}
    if request.method == "POST":
        context |= _answered(request, offer, token=token, seen=context["seen"])
    return render(request, PAGE, context)


def _answered(request: HttpRequest, offer: OfferView, *, token: str, seen: str) -> dict:
    """What the page says after one of its buttons."""
    answer = request.POST.get("answer", "")
    if answer == "changed":
        form = ChangedForm(request.POST)
        if not form.is_valid():
            return {"form": form}
        _tell(offer, form.cleaned_data["text"], token=token, request=request)
        return {"done": "told"}
    if answer == "over":
        _tell(offer, _("Its provider says: this offer is over."), token=token, request=request)
        return {"done": "told"}
    if answer == "right" and request.POST.get("seen") == seen:
        offers.confirm(Offer(pk=offer.id), by=None, on=request.on)
        return {"done": "confirmed"}
    return {"error": _("The offer has changed meanwhile. Please look at it once more.")}


def _tell(offer: OfferView, text: str, *, token: str, request: HttpRequest) -> None:
    """The same words by the same link are one note."""
    nonce = hashlib.blake2b(f"{token}:{text}".encode(), digest_size=12).hexdigest()
    offer_confirming.tell_editors(offer, text, nonce=nonce, now=request.now)
