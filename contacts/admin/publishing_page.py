"""A page that publishes: say what, see what it leads to, publish, and take it back if need be.

The first button rehearses the very verb that the second one runs. Whoever changes something in
between is shown the new outcome before anything is written.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from contacts import consequences, rehearsal
from contacts.admin.preview import preview, wants_preview
from contacts.admin.rules import tell
from contacts.models import Agency, Publication
from contacts.publishing import RefusedError
from contacts.records import Edit
from contacts.rehearsal import Rehearsal, rehearsing
from contacts.rule_checks import Change
from portal import clock

TEMPLATE = "admin/contacts/publishing_page.html"


@dataclass(frozen=True)
class Wish:
    """What a valid form asks for; `on` is the day for which the outcome is shown;
    without one, the first day that brings another answer.

    `pages` are public pages, as (address, name), that show the difference.
    """

    changes: Sequence[Change] = ()
    edits: Sequence[Edit] = ()
    on: dt.date | None = None
    reason: str = ""
    pages: Sequence[tuple[str, str]] = ()


def publishing_page(
    model_admin,
    request: HttpRequest,
    *,
    agency: Agency,
    title: str,
    kind: str,
    form: forms.Form,
    wish: Callable[[forms.Form], Wish],
    back: str,
    button: str = "",
) -> HttpResponse:
    """Answer a GET or POST of such a page. `form` is bound, unless it has yet to be filled in."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "form": form,
        "back": back,
        "button": button or _("Publish"),
    }
    if form.is_valid():  # a page without fields shows the outcome at once
        try:
            wanted = wish(form)
            if wants_preview(request):
                with rehearsing():
                    _publish(request, agency, wanted, kind)
                    return preview(request, default=wanted.on or clock.today())
            if "_publish" in request.POST and request.POST.get("looked") == digest(form):
                return _done(request, agency, wanted, kind, back)
            context |= _look(request, agency, wanted, form)
        except RefusedError as refused:
            for message in refused.messages:
                form.add_error(None, message)
    status = 422 if form.errors else 200
    return TemplateResponse(request, TEMPLATE, context, status=status)


def _publish(request, agency: Agency, wanted: Wish, kind: str):
    return consequences.publish(
        agency,
        wanted.changes,
        edits=wanted.edits,
        by=request.user,
        kind=kind,
        reason=wanted.reason,
        now=clock.now(),
    )


def _look(request, agency: Agency, wanted: Wish, form: forms.Form) -> dict:
    found: Rehearsal = rehearsal.rehearse(
        agency,
        wanted.changes,
        edits=wanted.edits,
        on=wanted.on,
        with_lines=True,
        by=request.user,
        now=clock.now(),
    )
    return {
        "wish": wanted,
        "found": found,
        "has_changed": "_publish" in request.POST,
        "looked": digest(form),
        "is_empty": all(row.is_empty for row in (*wanted.changes, *wanted.edits)),
    }


def _done(request, agency: Agency, wanted: Wish, kind: str, back: str) -> HttpResponse:
    published, found = _publish(request, agency, wanted, kind)
    if published is None:
        messages.info(request, _("Nothing has changed."))
        return HttpResponseRedirect(back)
    tell(request, found)
    tell_published(request, published)
    return HttpResponseRedirect(back)


def tell_published(request, published: Publication) -> None:
    """Say that it is done, and how it is undone."""
    address = reverse("admin:contacts_publication_undo", args=[published.pk])
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Published. It shows at once."),
            address,
            _("Take it back"),
        ),
    )


def digest(form: forms.Form) -> str:
    """What was typed, in short: the same for the same input."""
    typed = repr([(name, form[name].data) for name in form.fields])
    return hashlib.blake2b(typed.encode(), digest_size=8).hexdigest()
