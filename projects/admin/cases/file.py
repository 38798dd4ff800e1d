"""The whole case as one PDF, and as a bundle for the electronic files of the office."""

import logging

from django.http import FileResponse, HttpRequest, HttpResponse

from portal import clock
from portal.files import as_attachment
from projects import case_file
from projects.admin.cases.frame import Panel, Seen, View, case_of

logger = logging.getLogger(__name__)


def read(seen: Seen) -> dict:
    return {}


PANEL = Panel("admin/projects/application/_file.html", read)


def whole(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = case_of(page, request, pk)
    stream = case_file.as_pdf(case, now=clock.now())
    logger.info("File of case %d saved, by user %d", case.pk, request.user.pk)
    name = f"{case.reference}.pdf"
    return as_attachment(stream, name=name, content_type="application/pdf")


def bundle(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = case_of(page, request, pk)
    stream = case_file.as_bundle(case, now=clock.now())
    logger.info("Bundle of case %d saved, by user %d", case.pk, request.user.pk)
    response = FileResponse(stream, as_attachment=True, filename=f"{case.reference}.zip")
    response["Cache-Control"] = "no-store"
    return response


VIEWS: dict[str, tuple[str, View]] = {
    "case_file": ("<int:pk>/case-file/", whole),
    "bundle": ("<int:pk>/bundle/", bundle),
}
