"""Messages to the applicant, and notes for colleagues."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from projects import actors, workflow
from projects.admin.cases.forms import StaffTextForm
from projects.admin.cases.frame import Panel, Seen, View, by_post
from projects.admin.cases.page import show
from projects.admin.cases.proposal_forms import blocks_for, with_block
from projects.admin.cases.review import one_text
from projects.models import Application, TextBlock
from projects.terms import Channel
from projects.workflow.talking import TALKING


def read(seen: Seen) -> dict:
    case = seen.case
    return {
        "conversation": case.messages.select_related("author"),
        "notes": case.comments.select_related("author"),
        "may_send": bool(seen.parts & TALKING) and case.channel == Channel.ONLINE,
        "may_note": actors.may_note(seen.user, case),
        "text_form": StaffTextForm(auto_id="%s_message"),
        "message_blocks": blocks_for(case, TextBlock.Use.MESSAGE),
        "note_form": StaffTextForm(auto_id="%s_note"),
    }


PANEL = Panel("admin/projects/application/_talk.html", read)
_send = one_text("text_form", "message", workflow.send_message, _("The message has been sent."))


@by_post
def send_message(page, request: HttpRequest, case: Application) -> HttpResponse:
    """Send it; `insert` puts a block of text into it instead."""
    if "insert" not in request.POST:
        return _send(page, request, case.pk)
    if not actors.actors_for(request.user, case) & TALKING:
        raise PermissionDenied
    typed = with_block(request.POST, "text", blocks_for(case, TextBlock.Use.MESSAGE))
    form = StaffTextForm(auto_id="%s_message", initial=typed)
    return show(page, request, case, text_form=form)


write_note = one_text("note_form", "note", workflow.write_note, _("The note stands with the case."))
VIEWS: dict[str, tuple[str, View]] = {
    "message": ("<int:pk>/message/", send_message),
    "note": ("<int:pk>/note/", write_note),
}
