"""The part "Interpreter" on the page of an enquiry at the desk of a pool, and its buttons.

From the page it takes three clicks: ask, comes, has taken place.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.enquiries.frame import View, done, moment
from contacts.admin.enquiries.introductions import by_post
from contacts.enquiries.handling import seen_of
from contacts.interpreting import assigning
from contacts.models import Assignment, Enquiry, Interpreter
from portal import clock
from portal.models import OutboxMessage

State = Assignment.State


@dataclass(frozen=True)
class Line:
    """An assignment as its desk sees it. `undelivered`: the mail that asks came back."""

    row: Assignment
    undelivered: bool
    today: dt.date

    @property
    def is_asked(self) -> bool:
        return self.row.state == State.ASKED

    @property
    def is_confirmed(self) -> bool:
        return self.row.state == State.CONFIRMED

    @property
    def is_under_way(self) -> bool:
        return self.is_asked or self.is_confirmed

    @property
    def may_be_done(self) -> bool:
        return self.is_confirmed and self.row.day <= self.today

    @property
    def is_over(self) -> bool:
        return self.row.day < self.today


def part_of(enquiry: Enquiry, user) -> dict:
    """What `_interpreters.html` shows; a constant number of queries."""
    pool = assigning.pool_of(enquiry)
    rows = Assignment.objects.visible_to(user).filter(enquiry=enquiry)
    rows = list(rows.select_related("interpreter").order_by("asked_at", "pk"))
    keys = [f"assignment:{row.pk}:asked" for row in rows if row.state == State.ASKED]
    failed = OutboxMessage.objects.filter(about__in=keys, state=OutboxMessage.State.FAILED)
    undelivered = set(failed.values_list("about", flat=True))
    today = clock.today()
    lines = [Line(row, f"assignment:{row.pk}:asked" in undelivered, today) for row in rows]
    settled = any(line.is_under_way or line.row.state == State.DONE for line in lines)
    is_asking = pool is not None and not enquiry.is_closed and not settled
    candidates = assigning.suggest(enquiry, user) if is_asking else []
    return {
        "pool": pool,
        "assignments": lines,
        "is_asking": is_asking,
        "candidates": candidates,
        # Then no other step is the most likely one.
        "interpreter_first": bool(candidates) or any(line.is_under_way for line in lines),
        "ask_day": enquiry.talk_on,
        "day_is_over": enquiry.talk_on is not None and enquiry.talk_on < today,
        "interpreter_seen": seen_of(enquiry) if pool is not None else "",
    }


# Buttons ------------------------------------------------------------------------------------------


class AskForm(forms.Form):
    """What a button beside a name sends: who, in which language, on which day."""

    interpreter = forms.ModelChoiceField(
        Interpreter.objects.none(),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose an interpreter from the list.")
        ),
    )
    language = forms.CharField(max_length=10)
    day = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Enter the day of the talk.")
        )
    )

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interpreter"].queryset = Interpreter.objects.visible_to(user)


@by_post
def ask(page, request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """The value of the button is the interpreter and the language, such as "12-ti"."""
    who, _dash, language = request.POST.get("who", "").partition("-")
    sent = {"interpreter": who, "language": language, "day": request.POST.get("day", "")}
    form = AskForm(sent, user=request.user)

    def act() -> None:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        seen = request.POST.get("seen", "")
        assigning.ask(enquiry, **form.cleaned_data, **moment(request), seen=seen)

    found = form.cleaned_data.get("interpreter") if form.is_valid() else None
    by_mail = found is not None and found.email
    said = _("Asked by mail.") if by_mail else _("Noted: please call the interpreter now.")
    return done(page, request, enquiry, act, said)


def _step(verb: Callable, said: Promise) -> View:
    @by_post
    def view(page, request: HttpRequest, enquiry: Enquiry, number: int) -> HttpResponse:
        rows = Assignment.objects.visible_to(request.user).select_related("enquiry")
        found = rows.filter(enquiry=enquiry, pk=number).first()
        if found is None:
            raise Http404
        seen = request.POST.get("seen", "")
        act = partial(verb, found, **moment(request), seen=seen)
        return done(page, request, enquiry, act, _told(verb, enquiry, str(said)))

    return view


def _told(verb: Callable, enquiry: Enquiry, said: str) -> str:
    """What was done; and whom to call where no mail can tell the sender."""
    if verb is not assigning.confirm or enquiry.email:
        return said
    return _("Noted: the interpreter comes. Please call the sender now and say so.")


VIEWS: dict[str, tuple[str, View]] = {
    "interpreter_ask": ("<int:pk>/interpreter/ask/", ask),
    "interpreter_confirm": (
        "<int:pk>/interpreter/<int:number>/confirm/",
        _step(assigning.confirm, gettext_lazy("The interpreter comes; the sender has been told.")),
    ),
    "interpreter_decline": (
        "<int:pk>/interpreter/<int:number>/decline/",
        _step(assigning.decline, gettext_lazy("Noted. Ask the next one.")),
    ),
    "interpreter_done": (
        "<int:pk>/interpreter/<int:number>/done/",
        _step(assigning.done, gettext_lazy("The talk has taken place; the enquiry is closed.")),
    ),
    "interpreter_cancel": (
        "<int:pk>/interpreter/<int:number>/cancel/",
        _step(assigning.cancel, gettext_lazy("Cancelled. Everybody concerned has been told.")),
    ),
}
