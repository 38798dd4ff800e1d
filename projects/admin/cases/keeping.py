"""What the agency's administration does with a case that is over: lock it, or note the archive."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from projects.actors import may_change
from projects.admin.cases.frame import Panel, Seen, View, address, by_post, done, moment
from projects.keeping import archive, restriction
from projects.keeping.due import duty_of
from projects.models import Application, ArchiveOffer
from projects.states import ApplicationState

Answer = ArchiveOffer.Answer


def read(seen: Seen) -> dict:
    case = seen.case
    if not may_change(seen.user, case.agency_id):
        return {"may_keep": False}
    duty = None if case.state == ApplicationState.DRAFT else duty_of(case)
    return {
        "may_keep": True,
        "duty": duty,
        "archive_offer": ArchiveOffer.objects.filter(application=case).first(),
        "archive_answers": [(each.value, each.label) for each in (Answer.RELEASED, Answer.TAKEN)],
    }


PANEL = Panel("admin/projects/application/_keeping.html", read)


def _only_administration(request: HttpRequest, case: Application) -> None:
    if not may_change(request.user, case.agency_id):
        raise PermissionDenied


@by_post
def lock(page, request: HttpRequest, case: Application) -> HttpResponse:
    _only_administration(request, case)
    try:
        is_locked = restriction.restrict(case, **moment(request))
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        if is_locked:
            said = _("It is locked: only auditors and the administration of the agency see it.")
            messages.success(request, said)
        else:
            messages.error(request, _("It can be locked when its procedure is over."))
    return HttpResponseRedirect(address(case))


@by_post
def lift(page, request: HttpRequest, case: Application) -> HttpResponse:
    _only_administration(request, case)
    return done(request, case, restriction.lift, _("The lock is lifted."))


@by_post
def archived(page, request: HttpRequest, case: Application) -> HttpResponse:
    """What the archive has answered."""
    _only_administration(request, case)
    typed = request.POST.get("answer", "")
    said = Answer(typed) if typed in Answer.values else Answer.OPEN
    return done(request, case, archive.answer, _("The answer of the archive is noted."), said)


VIEWS: dict[str, tuple[str, View]] = {
    "lock": ("<int:pk>/lock/", lock),
    "lift_lock": ("<int:pk>/lift-lock/", lift),
    "archived": ("<int:pk>/archived/", archived),
}
