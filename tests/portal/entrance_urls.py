"""The portal's addresses, and a form that can be filled in before anybody logs in."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import entrance
from portal.entrance import Carried, applicant_page
from portal.public import form_page
from portal.urls import handler400, handler403, handler404, handler429, handler500
from portal.urls import urlpatterns as portal_patterns

__all__ = [
    "handler400",
    "handler403",
    "handler404",
    "handler429",
    "handler500",
    "urlpatterns",
]


@form_page
def offer(request: HttpRequest) -> HttpResponse:
    """Takes `text` and `email`, and hands them through the log-in."""
    carried = Carried("offer", {"text": request.POST["text"]})
    return entrance.ask_for_code(request, request.POST["email"], carried=carried)


@applicant_page
def note(request: HttpRequest) -> HttpResponse:
    """A page behind the log-in that shows what it was sent."""
    return HttpResponse(f"{request.applicant.email}: {request.POST.getlist('text')}")


urlpatterns = [*i18n_patterns(path("angebot/", offer), path("notiz/", note)), *portal_patterns]
