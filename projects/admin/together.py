"""Steps with many cases of the queue at once: asked first, each by the verb of its own, reported.

Every case is a transaction of its own, as on its page; one that is refused stops no other. At the
end stands a page that names each: done, or why not.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.roles import agencies_of
from portal import clock
from projects import money, reminding, workflow
from projects.actors import CASEWORKERS, DECIDERS, NOTING
from projects.admin.cases.forms import ReassignForm
from projects.admin.cases.reminders import ReminderForm
from projects.models import Application, Proposal

logger = logging.getLogger(__name__)
MOST = 200  # at once: each letter takes a moment, and somebody reads the report


@dataclass(frozen=True)
class Outcome:
    """What became of one case; `reason` is "" where it is done."""

    case: Application
    reason: str = ""


def for_each(
    cases: list[Application], verb: Callable[[Application], object]
) -> tuple[list[Outcome], list[Outcome]]:
    """Call `verb` for one case after the other; which are done, and which are not, and why."""
    done, refused = [], []
    for case in cases:
        try:
            verb(case)
        except ValidationError as why:
            refused.append(Outcome(case, " ".join(why.messages)))
        except DatabaseError as error:
            logger.warning("A step with case %d failed (%s).", case.pk, type(error).__name__)
            reason = _("Somebody else has changed it at this moment. Please try again.")
            refused.append(Outcome(case, reason))
        else:
            done.append(Outcome(case))
    return done, refused


class TogetherMixin:
    """The actions of the queue, for the `ModelAdmin` of applications."""

    actions = ["take_together", "reassign_together", "remind_together", "approve_together"]

    def has_take_permission(self, request: HttpRequest) -> bool:
        return bool(agencies_of(request.user, CASEWORKERS))

    def has_note_permission(self, request: HttpRequest) -> bool:
        return bool(agencies_of(request.user, NOTING))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(agencies_of(request.user, DECIDERS))

    @admin.action(permissions=["take"], description=gettext_lazy("Take into review …"))
    def take_together(self, request: HttpRequest, queryset) -> HttpResponse | None:
        cases = self._chosen(request, queryset)
        moment = {"by": request.user, "now": clock.now()}
        return cases and self._ask(
            request, cases, _("Take into review"), lambda case: workflow.take(case, **moment)
        )

    @admin.action(permissions=["take"], description=gettext_lazy("Hand on to a colleague …"))
    def reassign_together(self, request: HttpRequest, queryset) -> HttpResponse | None:
        cases = self._of_one_agency(request, queryset)
        if not cases:
            return None
        now = clock.now()
        form = ReassignForm(self._typed(request), agency_id=cases[0].agency_id, on=clock.today(now))

        def reassign(case: Application) -> None:
            workflow.reassign(case, form.cleaned_data["to"], by=request.user, now=now)

        return self._ask(request, cases, _("Hand on to a colleague"), reassign, form=form)

    @admin.action(permissions=["note"], description=gettext_lazy("Put a reminder …"))
    def remind_together(self, request: HttpRequest, queryset) -> HttpResponse | None:
        cases = self._of_one_agency(request, queryset)
        if not cases:
            return None
        now, user = clock.now(), request.user
        on = clock.today(now)
        form = ReminderForm(self._typed(request), agency_id=cases[0].agency_id, user=user, on=on)

        def remind(case: Application) -> None:
            reminding.remind(case, **form.cleaned_data, by=user, now=now, on=on)

        return self._ask(request, cases, _("Put a reminder"), remind, form=form)

    @admin.action(permissions=["decide"], description=gettext_lazy("Grant what is proposed …"))
    def approve_together(self, request: HttpRequest, queryset) -> HttpResponse | None:
        """What is granted is the proposal that stood on the page where it was confirmed."""
        cases = self._chosen(request, queryset)
        moment = {"by": request.user, "now": clock.now()}
        rows = Proposal.objects.filter(application__in=cases or [], settled_at=None)
        proposals = {row.application_id: row for row in rows}

        def approve(case: Application) -> None:
            typed = request.POST.get(f"proposal_{case.pk}", "")
            is_key = typed.isascii() and typed.isdecimal() and len(typed) < 16
            workflow.approve(case, proposal=int(typed) if is_key else 0, **moment)

        details = {
            pk: (row.pk, money.shown(row.amount_cents) if row.amount_cents else _("refusal"))
            for pk, row in proposals.items()
        }
        title = _("Grant what is proposed")
        return cases and self._ask(request, cases, title, approve, details=details)

    # Asking, doing, telling -----------------------------------------------------------------------

    def _typed(self, request: HttpRequest):
        return request.POST if "confirmed" in request.POST else None

    def _chosen(self, request: HttpRequest, queryset) -> list[Application] | None:
        """The chosen cases; None, and why, where they are too many."""
        cases = list(queryset.order_by("pk")[: MOST + 1])
        if len(cases) <= MOST:
            return cases
        text = _("Choose at most %(n)d cases at once.") % {"n": MOST}
        self.message_user(request, text, messages.ERROR)
        return None

    def _of_one_agency(self, request: HttpRequest, queryset) -> list[Application] | None:
        cases = self._chosen(request, queryset)
        if cases and len({case.agency_id for case in cases}) > 1:
            self.message_user(request, _("Choose cases of one agency."), messages.ERROR)
            return None
        return cases

    def _ask(
        self,
        request: HttpRequest,
        cases: list[Application],
        title: str,
        verb: Callable[[Application], object],
        *,
        form: forms.Form | None = None,
        details: Mapping[int, tuple[int, str]] | None = None,
    ) -> HttpResponse:
        """The page that asks, and after it the report. `details` is what is read of each case."""
        shared = {"title": title, "back": request.get_full_path()}
        if self._typed(request) is not None and (form is None or form.is_valid()):
            done, refused = for_each(cases, verb)
            context = shared | {"done": done, "refused": refused}
            return self.page(request, "admin/projects/application/report.html", context)
        context = shared | {
            "form": form,
            "rows": [(case, (details or {}).get(case.pk)) for case in cases],
            "action": request.POST.get("action", ""),
            "selected": ACTION_CHECKBOX_NAME,
        }
        status = 422 if form is not None and form.errors else 200
        template = "admin/projects/application/together.html"
        return self.page(request, template, context, status=status)
