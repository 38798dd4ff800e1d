"""Steps with a form of their own: who gets the page, and what comes of it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from contacts.admin.scoped import Native
from projects import actors
from projects.admin.cases.frame import address, case_of
from projects.models import Application, Grant
from projects.states import Actor


class DayForm(forms.Form):
    """A step on a day."""

    day = forms.DateField(
        label=_("Day"), widget=Native(), error_messages={"required": _("Give a day.")}
    )

    def __init__(self, *args, label: str, help_text: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = label
        self.fields["day"].help_text = help_text


def acting(page, request: HttpRequest, pk: int, *parts: Actor) -> Application:
    """The case, for whoever acts on it in one of these parts; 403 for other staff, 404 else."""
    case = case_of(page, request, pk)
    if not set(parts) & actors.actors_for(request.user, case):
        raise PermissionDenied
    return case


def granted(case: Application) -> Grant:
    """The grant of a case; 404 where there is none."""
    grant = getattr(case, "grant", None)
    if grant is None:
        raise Http404
    grant.application = case
    return grant


def with_form(
    page,
    request: HttpRequest,
    case: Application,
    form: forms.Form,
    act: Callable[[dict], object],
    said: str,
    *,
    template: str = "form",
    **context,
) -> HttpResponse:
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
    return page.page(request, f"admin/projects/application/{template}.html", context, status=status)
