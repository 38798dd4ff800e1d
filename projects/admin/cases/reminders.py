"""Reminders of a case ("Wiedervorlage"): for oneself and for colleagues."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from portal import clock
from portal.models import User
from projects import actors, reminding
from projects.admin.cases.frame import Panel, Seen, View, address, by_post
from projects.admin.cases.page import show
from projects.models import Application, Reminder


class ReminderForm(forms.Form):
    """What is to be done, when, and by whom."""

    text = forms.CharField(
        label=gettext_lazy("What is to be done?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say what is to be done.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("On"),
        widget=Native(),
        error_messages={"required": gettext_lazy("Give today or a day that is still to come.")},
    )
    to = forms.ModelChoiceField(
        label=gettext_lazy("For"),
        queryset=User.objects.none(),
        error_messages={"required": gettext_lazy("Choose a colleague.")},
    )

    def __init__(self, *args, agency_id: int, user, on: dt.date, **kwargs) -> None:
        """`user` makes it, for themselves as long as they choose nobody else."""
        kwargs.setdefault("auto_id", "%s_reminder")
        kwargs.setdefault("initial", {"to": user.pk})
        super().__init__(*args, **kwargs)
        others = reminding.colleagues(agency_id, on=on)
        self.fields["to"].queryset = others | User.objects.filter(pk=user.pk)


class DayForm(forms.Form):
    due_on = forms.DateField(
        widget=Native(),
        error_messages={"required": gettext_lazy("Give today or a day that is still to come.")},
    )


def read(seen: Seen) -> dict:
    case = seen.case
    rows = list(case.reminders.filter(done_at=None).select_related("user", "created_by"))
    may_note = actors.may_note(seen.user, case)
    form = ReminderForm(agency_id=case.agency_id, user=seen.user, on=seen.on) if may_note else None
    return {
        "reminders": [
            {
                "row": row,
                "is_own": may_note and reminding.is_own(row, seen.user),
                "is_due": row.due_on <= seen.on,
            }
            for row in rows
        ],
        "reminder_form": form,
    }


PANEL = Panel("admin/projects/application/_reminders.html", read)


@by_post
def remind(page, request: HttpRequest, case: Application) -> HttpResponse:
    now = clock.now()
    on = clock.today(now)
    form = ReminderForm(request.POST, agency_id=case.agency_id, user=request.user, on=on)
    if form.is_valid():
        try:
            reminding.remind(case, **form.cleaned_data, by=request.user, now=now, on=on)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The case comes up again on that day."))
            return HttpResponseRedirect(address(case))
    if not actors.may_note(request.user, case):  # nobody gets the form back who has none
        messages.error(request, _("You may not do this."))
        return HttpResponseRedirect(address(case))
    return show(page, request, case, reminder_form=form)


def reminder_of(case: Application, number: int) -> Reminder:
    found = case.reminders.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@by_post
def done(page, request: HttpRequest, case: Application, number: int) -> HttpResponse:
    try:
        reminding.done(reminder_of(case, number), by=request.user, now=clock.now())
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("The reminder is done."))
    return HttpResponseRedirect(address(case))


@by_post
def move(page, request: HttpRequest, case: Application, number: int) -> HttpResponse:
    row, form = reminder_of(case, number), DayForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(form.errors["due_on"])
        day = form.cleaned_data["due_on"]
        reminding.move(row, day, by=request.user, on=clock.today())
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("The reminder has another day."))
    return HttpResponseRedirect(address(case))


VIEWS: dict[str, tuple[str, View]] = {
    "remind": ("<int:pk>/remind/", remind),
    "reminder_done": ("<int:pk>/reminder/<int:number>/done/", done),
    "reminder_move": ("<int:pk>/reminder/<int:number>/move/", move),
}
