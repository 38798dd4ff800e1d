"""The portal's addresses, and some that fail on purpose, so that error pages can be looked at."""

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as portal_patterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
FAILURES = {400: SuspiciousOperation, 403: PermissionDenied, 500: RuntimeError}


def misspelt(request):
    return HttpResponse(engines["django"].from_string("{{ agency.nam }}").render({}, request))


def fail(request, status: int):
    raise FAILURES[status]("on purpose, for the tests of the site")


urlpatterns = [
    *i18n_patterns(path("fehler/", misspelt), path("fehler/<int:status>/", fail)),
    *portal_patterns,
]
