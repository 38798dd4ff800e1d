"""What an application says, and its papers."""

import uuid
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock
from portal.files import as_attachment
from projects import actors, differences
from projects.admin.cases.frame import Panel, Seen, View, address, answers_for, case_of
from projects.admin.cases.proofs import may_open
from projects.plan import Plan
from projects.sections.reading import answers_of
from projects.states import ApplicationState
from projects.terms import Channel
from projects.views.files import as_download

S = ApplicationState


def read(seen: Seen) -> dict:
    case = seen.case
    writes = case.state in (S.DRAFT, S.CHANGES_REQUESTED)
    return {
        **_content(seen),
        "versions": list(case.versions.defer("pdf", "content").select_related("submitted_by")),
        "may_write": writes and actors.may_write(seen.user, case),
    }


def _content(seen: Seen) -> dict:
    """What the application says: what was sent last, or what is shown as a draft.

    What applicants type into sections that are open for changes is theirs until they send it. What
    came without a browser is typed by the office itself.
    """
    case = seen.case
    sent = case.versions.defer("pdf").order_by("number").last()
    if sent is None or case.channel != Channel.ONLINE:
        answers = answers_for(case, now=seen.now)
        return {
            "parts": [(part, answers_of(answers.bound(part))) for part in answers.sections],
            "plan": answers.plan,
            "attachments": case.attachments.filter(removed_at=None),
        }
    texts = [differences.texts_of(section) for section in sent.content["sections"]]
    files = [file["uuid"] for file in sent.content["attachments"]]
    return {
        "parts": [(text, text) for text in texts],
        "plan": Plan(**sent.content["plan"]),
        "attachments": case.attachments.filter(uuid__in=files),
    }


PANEL = Panel("admin/projects/application/_content.html", read)


def document(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The document of a version, as it was made when it was sent."""
    row = case_of(page, request, pk).versions.defer("content").filter(number=number).first()
    if row is None:
        raise Http404
    name = f"{row.application.reference}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")


def attachment(page, request: HttpRequest, pk: int, number: uuid.UUID) -> HttpResponse:
    case = case_of(page, request, pk)
    row = case.attachments.filter(uuid=number).first()
    if row is None or not may_open(Seen(case, request.user, clock.now()).held, row):
        raise Http404
    return as_download(row)


def version(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What is different in a version from the one before it."""
    case = case_of(page, request, pk)
    after = case.versions.defer("pdf").filter(number=number).first()
    before = case.versions.defer("pdf").filter(number=number - 1).first()
    if before is None or after is None:
        raise Http404
    context = {
        "title": _("Version %(number)s: what has changed") % {"number": number},
        "case": case,
        "back": address(case),
        "changes": differences.between(before.content, after.content),
    }
    return page.page(request, "admin/projects/application/version.html", context)


VIEWS: dict[str, tuple[str, View]] = {
    "document": ("<int:pk>/document/<int:number>/", document),
    "attachment": ("<int:pk>/file/<uuid:number>/", attachment),
    "version": ("<int:pk>/version/<int:number>/", version),
}
