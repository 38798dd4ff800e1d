"""What the pages of an enquiry share: finding it, its addresses, taking a step."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Enquiry
from contacts.snapshot import Snapshot, current
from portal import clock, data_version

View = Callable[..., HttpResponse]


def enquiry_of(page, request: HttpRequest, pk: int) -> Enquiry:
    """The enquiry with this key, if it lies where the user sees it; else 404."""
    found = page.get_queryset(request).select_related("area__parent").filter(pk=pk).first()
    if found is None or not page.may_look(request):
        raise Http404
    return found


def address(enquiry: Enquiry, name: str = "change", *arguments: int | str) -> str:
    return reverse(f"admin:contacts_enquiry_{name}", args=[enquiry.pk, *arguments])


def moment(request: HttpRequest) -> dict:
    return {"by": request.user, "now": clock.now()}


def snapshot_now() -> Snapshot:
    return current(data_version.read())


def back_to(page, request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """To the page of the enquiry, or to the list once it lies where the user does not see it."""
    if page.get_queryset(request).filter(pk=enquiry.pk).exists():
        return HttpResponseRedirect(address(enquiry))
    messages.info(request, _("The enquiry lies at another desk now; you do not see it any more."))
    return HttpResponseRedirect(reverse("admin:contacts_enquiry_changelist"))


def done(
    page, request: HttpRequest, enquiry: Enquiry, act: Callable[[], object], said: str
) -> HttpResponse:
    """Take a step without a form; say what has been done, or why not."""
    try:
        act()
    except ValidationError as refused:
        for text in refused.messages:
            messages.error(request, text)
    else:
        messages.success(request, said)
    return back_to(page, request, enquiry)
