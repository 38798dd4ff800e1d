"""Objections: entered as they came by letter, and decided by somebody new to the case."""

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
from projects.models import Application, Letter, Objection
from projects.states import Actor, ObjectionState
from projects.workflow import objecting

OFFICE = frozenset({Actor.CASEWORKER, Actor.DECIDER})


def read(seen: Seen) -> dict:
    rows = seen.case.objections.select_related("letter__issued_by", "decided_by").defer(
        "letter__pdf", "letter__content"
    )
    return {
        "objections": list(rows),
        "may_withdraw_objection": Actor.CASEWORKER in seen.parts,
    }


PANEL = Panel("admin/projects/application/_objections.html", read)


def letters_of(case: Application):
    """Those to which somebody can object and no objection is open, the last one first."""
    rows = case.letters.filter(kind__in=objecting.OPEN_TO_OBJECTION)
    rows = rows.exclude(objections__state=ObjectionState.OPEN)
    return rows.defer("pdf", "content").order_by("-number")


def possible(seen: Seen) -> Iterator[Possible]:
    case = seen.case
    for row in case.objections.filter(state=ObjectionState.OPEN).select_related("letter"):
        reason = seen.why_not(Actor.DECIDER)
        if row.letter.issued_by_id == seen.user.pk:
            reason = _("You have decided the first time; somebody else decides now.")
        yield Possible(
            f"decide_objection_{row.pk}",
            _("Decide the objection"),
            address(case, "decide_objection", row.pk),
            reason,
            is_main=True,
        )
    if letters_of(case).exists():
        reason = "" if seen.parts & OFFICE else seen.why_not(Actor.CASEWORKER)
        yield Possible("object", _("Enter an objection"), address(case, "object"), reason)


class LetterField(forms.ModelChoiceField):
    def label_from_instance(self, letter: Letter) -> str:
        return _("%(kind)s of %(day)s") % {
            "kind": letter.get_kind_display(),
            "day": letter.dated.strftime("%d.%m.%Y"),
        }


class ObjectionForm(StaffTextForm):
    """An objection that came by letter or was taken down at the office."""

    field_order = ["letter", "received_on", "text"]

    letter = LetterField(
        label=gettext_lazy("Against which letter?"),
        queryset=Letter.objects.none(),
        error_messages={"required": gettext_lazy("Choose the letter.")},
    )
    received_on = forms.DateField(
        label=gettext_lazy("Received"),
        widget=Native(),
        help_text=gettext_lazy("The day on the stamp. It decides whether it came in time."),
        error_messages={"required": gettext_lazy("Enter the day on which it was received.")},
    )

    def __init__(self, *args, case: Application, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letter"].queryset = letters_of(case)
        self.fields["text"].label = _("What it says")


class OutcomeForm(StaffTextForm):
    field_order = ["outcome", "text"]

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (ObjectionState.UPHELD, gettext_lazy("The decision stands.")),
            (
                ObjectionState.GRANTED,
                gettext_lazy("The objection is right: what was refused is checked once more."),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the decision.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Reason")
        self.fields["text"].help_text = _("It stands in the letter.")


def enter(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = case_of(page, request, pk)
    if not actors.actors_for(request.user, case) & OFFICE:
        raise PermissionDenied
    now = clock.now()
    form = ObjectionForm(request.POST or None, case=case, initial={"received_on": clock.today(now)})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            objecting.file(
                values["letter"],
                values["text"],
                received_on=values["received_on"],
                by=request.user,
                now=now,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The objection stands with the case."))
            return HttpResponseRedirect(address(case))
    return _form(page, request, case, form, _("Enter an objection"))


def decide(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    case = case_of(page, request, pk)
    if Actor.DECIDER not in actors.actors_for(request.user, case):
        raise PermissionDenied
    row = _of(case, number)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objecting.decide(
                row,
                ObjectionState(form.cleaned_data["outcome"]),
                reason=form.cleaned_data["text"],
                by=request.user,
                now=clock.now(),
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The objection is decided, and the letter is issued."))
            return HttpResponseRedirect(address(case))
    return _form(page, request, case, form, _("Decide the objection"))


@by_post
def withdraw(page, request: HttpRequest, case: Application, number: int) -> HttpResponse:
    said = _("The objection is withdrawn.")
    return done(request, case, objecting.withdraw, said, of=_of(case, number))


def _of(case: Application, number: int) -> Objection:
    found = case.objections.select_related("application").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _form(page, request: HttpRequest, case: Application, form, title: str) -> HttpResponse:
    context = {"title": title, "case": case, "form": form, "back": address(case)}
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


VIEWS: dict[str, tuple[str, View]] = {
    "object": ("<int:pk>/objection/", enter),
    "decide_objection": ("<int:pk>/objection/<int:number>/", decide),
    "withdraw_objection": ("<int:pk>/objection/<int:number>/withdraw/", withdraw),
}
