"""Messages to the applicant, and notes for colleagues."""

from django.utils.translation import gettext_lazy as _

from projects import actors, workflow
from projects.admin.cases.forms import StaffTextForm
from projects.admin.cases.frame import Panel, Seen, View
from projects.admin.cases.review import one_text
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
        "note_form": StaffTextForm(auto_id="%s_note"),
    }


PANEL = Panel("admin/projects/application/_talk.html", read)
send_message = one_text(
    "text_form", "message", workflow.send_message, _("The message has been sent.")
)
write_note = one_text("note_form", "note", workflow.write_note, _("The note stands with the case."))
VIEWS: dict[str, tuple[str, View]] = {
    "message": ("<int:pk>/message/", send_message),
    "note": ("<int:pk>/note/", write_note),
}
