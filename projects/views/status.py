"""What has become of an application."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from projects.models import Application, ApplicationVersion


def show(request: HttpRequest, found: Application) -> HttpResponse:
    """The page of an application that is no draft any more."""
    context = {"application": found, "versions": found.versions.defer("pdf", "content")}
    return render(request, "projects/application/status.html", context)


def as_pdf(version: ApplicationVersion) -> HttpResponse:
    """The stored document, to be saved."""
    name = f"{version.application.reference}-{version.number}.pdf"
    answer = HttpResponse(bytes(version.pdf), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
