"""What a recipient says before money is demanded back or a grant is revoked."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from projects.forms import TextForm
from projects.views.shared import case_of, case_page, moment
from projects.workflow import RefusedError, reclaiming


@case_page
def hearing(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The answer to the hearing that is open."""
    found = case_of(request, case)
    asked = reclaiming.open_hearing(found)
    if asked is None:
        return redirect(found)
    form = TextForm(request.POST or None)
    form.fields["text"].label = _("What do you say to it?")
    if request.method == "POST" and form.is_valid():
        try:
            reclaiming.answer_hearing(found, form.cleaned_data["text"], **moment(request))
        except RefusedError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The office has your answer. It decides, and writes."))
            return redirect("projects:grant", found.uuid)
    context = {
        "application": found,
        "hearing": asked,
        "form": form,
        "is_late": request.on > asked.answer_until,
    }
    status = 422 if form.is_bound else 200
    return render(request, "projects/proof/hearing.html", context, status=status)
