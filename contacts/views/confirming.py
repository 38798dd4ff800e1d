"""The page behind a mailed link on which an editor says that a contact is still right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts import confirming
from contacts.cards import Card
from contacts.resolver import Contact
from contacts.snapshot import current
from contacts.views.shared import moment_of
from portal.public import form_page


@form_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the contact as it is; the button under it confirms what was shown."""
    found = confirming.read_link(token)
    snapshot = current(request.versions)
    shown = snapshot.posts.get(found[0].pk) if found else None
    if shown is None:
        return render(request, "contacts/confirm.html", {"too_late": True}, status=410)
    post, user = found
    seen = confirming.digest_of(shown, on=request.on)
    context = {"post": shown, "seen": seen}
    if request.method == "POST":
        if request.POST.get("seen") == seen:
            confirming.confirm([post], by=user, on=request.on)
            return render(request, "contacts/confirm.html", {**context, "done": True})
        context["error"] = _("The contact has changed meanwhile. Please look at it once more.")
    moment = moment_of(request)
    context["card"] = Card(shown.agency, moment, Contact(shown, shown.holders(request.on)))
    # Always 200: an error status would be logged with the address, and the link still counts.
    return render(request, "contacts/confirm.html", context)
