from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import urlpatterns as site


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


urlpatterns = [path("plain/", plain), *site]
