"""The grant as a whole: its days, changes of it, more time, and what came about it on paper."""

import datetime as dt
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from portal import clock
from projects import actors
from projects.admin.cases.forms import StaffTextForm
from projects.admin.cases.frame import (
    Panel,
    Possible,
    Seen,
    View,
    address,
    by_post,
    case_of,
    done,
)
from projects.grant_forms import AmendmentForm
from projects.models import Amendment, Application, Extension, Grant
from projects.plan_words import differences
from projects.standing import CHANGEABLE, due_on, proof_until
from projects.states import Actor, GrantState
from projects.workflow import amending, granted

What = Extension.What


def grant_of(case: Application) -> Grant | None:
    grant = getattr(case, "grant", None)
    if grant is not None:
        grant.application = case
    return grant


def read(seen: Seen) -> dict:
    grant = grant_of(seen.case)
    if grant is None:
        return {}
    asked = amending.open_amendment(grant)
    past = grant.amendments.exclude(state="requested").select_related("decided_by")
    return {
        "grant": grant,
        "proof_until": proof_until(grant),
        "extensions": grant.extensions.select_related("granted_by"),
        "amendment": asked,
        "differences": differences(asked) if asked else [],
        "why_impossible": amending.obstacle(asked, seen.case) if asked else "",
        "amendments": past,
    }


PANEL = Panel("admin/projects/application/_grant.html", read)


def possible(seen: Seen) -> Iterator[Possible]:
    case, grant = seen.case, grant_of(seen.case)
    if grant is None:
        return
    asked = amending.open_amendment(grant)
    if asked is not None:
        reason = seen.why_not(Actor.CASEWORKER)
        label = _("Check the change")
        url = address(case, "check_amendment")
        yield Possible("check_amendment", label, url, reason, is_main=asked.checked_at is None)
        reason = seen.why_not(Actor.DECIDER)
        if not reason and asked.checked_at is None:
            reason = _("A caseworker has to check it first.")
        label = _("Decide on the change")
        url = address(case, "decide_amendment")
        yield Possible("decide_amendment", label, url, reason, is_main=True)
    if extendable(grant):
        reason = seen.why_not(Actor.CASEWORKER)
        yield Possible("extend", _("Give more time"), address(case, "extend"), reason)
    if actors.may_write(seen.user, case):
        yield from _on_paper(case, grant, asked)


def _on_paper(case: Application, grant: Grant, asked: Amendment | None) -> Iterator[Possible]:
    """What the recipient has written by letter, entered by a caseworker."""
    if grant.state == GrantState.ANNOUNCED:
        label = _("The objection was waived")
        reason = "" if granted.is_read(case) else _("The decision has not been posted yet.")
        yield Possible("waive", label, address(case, "waive"), reason, by_post=True)
    if grant.state in CHANGEABLE:
        if asked is None:
            label = _("Enter a change that was asked for")
            yield Possible("ask_amendment", label, address(case, "ask_amendment"))
        yield Possible("decline", _("The grant was declined"), address(case, "decline"))


def extendable(grant: Grant) -> str:
    """What the recipient is given more time for now (an `Extension.What`), "" for nothing."""
    return next((str(what) for what in What if granted.is_waited_for(grant, what)), "")


# A change -----------------------------------------------------------------------------------------


class DecisionForm(StaffTextForm):
    """The decision on a change, and the reason that stands in the letter."""

    field_order = ["granted", "text"]

    granted = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("yes", gettext_lazy("We agree to the change.")),
            ("no", gettext_lazy("We refuse it; everything stays as it was granted.")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the decision.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Reason")
        self.fields["text"].help_text = _("It stands in the letter.")


def _open(case: Application) -> Amendment:
    grant = grant_of(case)
    asked = amending.open_amendment(grant) if grant else None
    if asked is None:
        raise Http404
    return asked


def check_amendment(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(page, request, pk, Actor.CASEWORKER)
    asked = _open(case)
    form = StaffTextForm(request.POST or None, initial={"text": asked.advice})
    form.fields["text"].label = _("Your advice to whoever decides")

    def check(values: dict) -> None:
        amending.check(asked, values["text"], by=request.user, now=clock.now())

    said = _("It is checked. Somebody else decides on it.")
    context = {"title": _("Check the change"), "differences": differences(asked)}
    return _form(page, request, case, form, check, said, **context, reason=asked.reason)


def decide_amendment(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(page, request, pk, Actor.DECIDER)
    asked = _open(case)
    form = DecisionForm(request.POST or None)

    def decide(values: dict) -> None:
        moment = {"by": request.user, "now": clock.now()}
        amending.decide(asked, granted=values["granted"], reason=values["text"], **moment)

    said = _("It is decided, and the letter is issued.")
    context = {"title": _("Decide on the change"), "differences": differences(asked)}
    context |= {"reason": asked.reason, "advice": asked.advice}
    return _form(page, request, case, form, decide, said, **context)


def ask_amendment(page, request: HttpRequest, pk: int) -> HttpResponse:
    """A change that somebody without a browser asks for."""
    case = case_of(page, request, pk)
    if not actors.may_write(request.user, case):
        raise PermissionDenied
    grant = grant_of(case)
    if grant is None:
        raise Http404
    form = AmendmentForm(request.POST or None, grant=grant)

    def ask(values: dict) -> None:
        amending.request(case, form.wanted(), by=request.user, now=clock.now())

    said = _("The change stands with the case.")
    return _form(page, request, case, form, ask, said, title=_("Enter a change"))


# More time ----------------------------------------------------------------------------------------


class ExtensionForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=Native(),
        error_messages={"required": gettext_lazy("Give a day that is still to come.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, *args, now_until: dt.date | None, **kwargs) -> None:
        """`now_until` is the day that holds so far."""
        super().__init__(*args, **kwargs)
        if now_until:
            text = _("So far: %(day)s.") % {"day": now_until.strftime("%d.%m.%Y")}
            self.fields["until"].help_text = text


def extend(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(page, request, pk, Actor.CASEWORKER)
    grant = grant_of(case)
    what = extendable(grant) if grant else ""
    if not what:
        messages.error(request, _("Nothing is waited for at the moment."))
        return HttpResponseRedirect(address(case))
    form = ExtensionForm(request.POST or None, now_until=due_on(grant, what))

    def give(values: dict) -> None:
        moment = {"by": request.user, "now": clock.now()}
        granted.extend(case, what, values["until"], reason=values["text"], **moment)

    said = _("The applicant has more time, and gets a mail.")
    title = _("More time: %(what)s") % {"what": What(what).label}
    return _form(page, request, case, form, give, said, title=title)


# On paper -----------------------------------------------------------------------------------------


@by_post
def waive(page, request: HttpRequest, case: Application) -> HttpResponse:
    return done(request, case, granted.waive, _("The decision is final."))


class SureForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(
        label=gettext_lazy("The recipient has declined the grant in writing."),
        error_messages={"required": gettext_lazy("Tick it if this is so.")},
    )


def decline(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = case_of(page, request, pk)
    if not actors.may_write(request.user, case):
        raise PermissionDenied

    def give_up(values: dict) -> None:
        granted.decline(case, by=request.user, now=clock.now())

    form = SureForm(request.POST or None)
    said = _("The grant is declined; the money is free again.")
    return _form(page, request, case, form, give_up, said, title=_("Decline the grant"))


# --------------------------------------------------------------------------------------------------


def _case(page, request: HttpRequest, pk: int, actor: Actor) -> Application:
    case = case_of(page, request, pk)
    if actor not in actors.actors_for(request.user, case):
        raise PermissionDenied
    return case


def _form(page, request, case: Application, form, act, said: str, **context) -> HttpResponse:
    """A step with a form: `act(cleaned values)` takes it, or the form says why not."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(address(case))
    context = {"case": case, "form": form, "back": address(case), **context}
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/change.html", context, status=status)


VIEWS: dict[str, tuple[str, View]] = {
    "check_amendment": ("<int:pk>/change-of-grant/check/", check_amendment),
    "decide_amendment": ("<int:pk>/change-of-grant/decide/", decide_amendment),
    "ask_amendment": ("<int:pk>/change-of-grant/", ask_amendment),
    "extend": ("<int:pk>/more-time/", extend),
    "waive": ("<int:pk>/waiver/", waive),
    "decline": ("<int:pk>/declined/", decline),
}
