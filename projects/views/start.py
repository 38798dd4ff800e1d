"""The way into an application: the first questions, then the code, then the draft."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from portal import clock, data_version
from portal.entrance import Carried, applicant_page, ask_for_code
from portal.entrance.guard import signed_in
from portal.public import form_page
from projects import drafts
from projects.forms import BeginForm
from projects.models import Application, Call
from projects.rules import rules_of
from projects.sections import ABOUT, Basis
from projects.status import for_lists, status_of
from projects.views.shared import place_and_time

ARRIVAL = "application"


def taking_calls(request: HttpRequest) -> list[Call]:
    """The calls that take applications at this instant."""
    rows = Call.objects.published().select_related("rule_set__programme__agency")
    rows = rows.prefetch_related("translations", "rule_set__programme__translations")
    return [call for call in rows if call.takes_applications(request.now)]


@form_page
def begin(request: HttpRequest) -> HttpResponse:
    """`?aufruf=` names the call, `?art=` who applies, `?massnahme=` the kind of project."""
    calls = taking_calls(request)
    wanted = request.POST.get("aufruf") or request.GET.get("aufruf", "")
    call = next((call for call in calls if call.slug == wanted), None)
    if call is None and len(calls) == 1 and not wanted:
        call = calls[0]
    if call is None:
        return render(
            request, "projects/application/calls.html", {"calls": calls, "wanted": wanted}
        )
    user = signed_in(request)
    options = {
        "basis": Basis(rules=rules_of(call.rule_set_id)),
        "is_final": True,
        "is_signed_in": user is not None,
    }
    context = {"call": call, "user_is_signed_in": user is not None}
    if request.method != "POST":
        initial = {
            "applicant_type": request.GET.get("art", ""),
            "measure_kind": request.GET.get("massnahme", ""),
        }
        context["form"] = BeginForm(initial=initial, **options)
        return render(request, "projects/application/begin.html", context)
    form = BeginForm(request.POST, **options)
    if not form.is_valid():
        context["form"] = form
        return render(request, "projects/application/begin.html", context, status=422)
    typed = ABOUT.read(request.POST)  # more than is asked for here would be too much to carry
    data = {"call": call.slug, "raw": {n: typed[n] for n in form.fields if n in typed}}
    if user is not None:
        return HttpResponseRedirect(_begin(request, user, data))
    return ask_for_code(request, form.cleaned_data["email"], carried=Carried(ARRIVAL, data))


def arrive(request: HttpRequest, user, data: dict) -> str:
    """After the code: make the draft of what was typed before it."""
    request.now = clock.now()
    request.on = clock.today(request.now)
    request.versions = data_version.read()
    return _begin(request, user, data)


def _begin(request: HttpRequest, user, data: dict) -> str:
    request.applicant = user
    call = Call.objects.published().filter(slug=data["call"]).first()
    if call is None:
        return reverse("projects:begin")
    try:
        application = drafts.begin(call, data["raw"], **place_and_time(request))
    except drafts.ClosedError:  # closed while the code was on its way
        return f"{reverse('projects:begin')}?aufruf={call.slug}"
    return reverse("projects:section", args=[application.uuid, ABOUT.slug])


@applicant_page
def own_applications(request: HttpRequest) -> HttpResponse:
    """Everything that this account has begun or sent, the newest first."""
    rows = for_lists(Application.objects.visible_to(request.applicant))
    rows = rows.order_by("-saved_at", "-pk")
    shown = [(each, status_of(each)) for each in rows]
    return render(request, "projects/application/list.html", {"applications": shown})
