"""Writing to an agency: what one can write, one form for each kind, and what comes next."""

import uuid

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.cards import Card
from contacts.corrections import agency_of_page
from contacts.enquiries.following import held
from contacts.enquiries.kinds import BY_SLUG, PAGES, KindPage
from contacts.enquiries.promises import KEPT_DAYS, answer_by
from contacts.enquiries.receiving import SentBeforeError, receive
from contacts.enquiry_forms import EnquiryForm
from contacts.models import Enquiry
from contacts.models.enquiry import EnquiryKind
from contacts.network import published as network
from contacts.network.published import GroupView
from contacts.published import AgencyView
from contacts.snapshot import Snapshot, current
from contacts.views.shared import moment_of
from portal import limits
from portal.public import form_page, public_page

ENQUIRIES_AN_HOUR = 20
TO_ONE_ADDRESS = 10  # each sends a receipt to an address that nobody has confirmed
SENT = "contacts.enquiry.sent"
SENT_LASTS = 60 * 60  # seconds


@public_page
def enquiries(request: HttpRequest) -> HttpResponse:
    """What one can write; `?ort=` and `?stelle=` are handed on to the forms."""
    passed = request.GET.copy()
    for name in set(passed) - {"ort", "stelle"}:
        del passed[name]
    query = f"?{passed.urlencode()}" if passed else ""
    context = {
        "pages": PAGES,
        "query": query,
        "offices": at_work(request, current(request.versions)),
    }
    return render(request, "contacts/enquiry/kinds.html", context)


@form_page
def enquiry_form(request: HttpRequest, kind: str) -> HttpResponse:
    """`?ort=` fills in the place, `?stelle=` names the agency, `?seite=` the page of a barrier.

    `?gruppe=` is the group of the network that somebody wants to join.
    """
    page = BY_SLUG.get(kind)
    if page is None:
        raise Http404
    snapshot = current(request.versions)
    offices = at_work(request, snapshot)
    if not offices:
        return render(request, "contacts/enquiry/nobody.html", {"page": page})
    options = {"kind": page.kind, "snapshot": snapshot, "on": request.on, "offices": offices}
    if request.method != "POST":
        group = _group_to_join(request, page)
        initial = {
            "text": _about(group),
            "opened": EnquiryForm.stamp(),
            "place": request.GET.get("ort", "")[:200],
            "stelle": group.agency.slug if group else request.GET.get("stelle", "")[:100],
            "page": request.GET.get("seite", "")[:300],
        }
        return _form_page(request, page, EnquiryForm(initial=initial, **options))
    form = EnquiryForm(request.POST, **options)
    if not form.is_valid():
        return _form_page(request, page, form, status=422)
    if form.is_from_a_program:
        return _to_sent(uuid.uuid4())
    if not _is_within_limits(request, form.cleaned_data.get("email", "")):
        form.add_error(None, _("Too many messages at once. Please try again later."))
        return _form_page(request, page, form, status=429)
    try:
        received = _receive(request, form, snapshot=snapshot)
    except SentBeforeError:
        form.open_anew()
        form.add_error(
            None,
            _(
                "This form was sent before, with other words. Nothing you wrote is lost: send it "
                "once more, and it is an enquiry of its own."
            ),
        )
        return _form_page(request, page, form, status=422)
    return _to_sent(received.uuid)


def _group_to_join(request: HttpRequest, page: KindPage) -> GroupView | None:
    """The group at work that the address names, for whoever wants to join."""
    if page.kind != EnquiryKind.NETWORK:
        return None
    group = network.current(request.versions).group(request.GET.get("gruppe", ""))
    return None if group is None or group.is_ended(request.on) else group


def _about(group: GroupView | None) -> str:
    """The beginning of a message to join `group`."""
    if group is None:
        return ""
    return _("We would like to take part in the group “%(group)s”.") % {"group": group.name}


def _is_within_limits(request: HttpRequest, email: str) -> bool:
    """Whether neither this visitor nor anybody for this address has sent too much."""
    now = request.now
    is_within = limits.is_within(request, "enquiry", amount=ENQUIRIES_AN_HOUR, now=now)
    if email:
        is_within &= limits.is_within(request, "enquiry", amount=TO_ONE_ADDRESS, now=now, of=email)
    return is_within


def _receive(request: HttpRequest, form: EnquiryForm, *, snapshot: Snapshot) -> Enquiry:
    agency = form.agency
    if form.kind == EnquiryKind.BARRIER:
        agency = agency_of_page(form.cleaned_data["page"], snapshot=snapshot, on=request.on)
    return receive(
        form.values(),
        place=form.where.place,
        agency=agency,
        nonce=form.nonce,
        snapshot=snapshot,
        now=request.now,
    )


def _form_page(
    request: HttpRequest, page: KindPage, form: EnquiryForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        # Days off differ by state; which of them counts depends on the place.
        "answer_by": max(
            answer_by(page.kind, state=office.state, on=request.on) for office in form.offices
        ),
        "kept_days": KEPT_DAYS[page.kind],
        "offices": form.offices,
        "is_barrier": page.kind == EnquiryKind.BARRIER,
    }
    return render(request, "contacts/enquiry/form.html", context, status=status)


def at_work(request: HttpRequest, snapshot: Snapshot) -> list[AgencyView]:
    agencies = snapshot.agencies.values()
    return sorted((a for a in agencies if not a.is_finished(request.on)), key=lambda a: a.slug)


# After sending ------------------------------------------------------------------------------------


def _to_sent(key: uuid.UUID) -> HttpResponse:
    token = signing.dumps(key.hex, salt=SENT)
    return HttpResponseRedirect(reverse("contacts:enquiry_sent", args=[token]))


@form_page
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """Who has it, its number, and when to expect an answer: for an hour, and nothing personal."""
    enquiry = _sent_now(token)
    if enquiry is None:
        return render(request, "contacts/enquiry/sent.html", {}, status=410)
    snapshot = current(request.versions)
    now_at = held(enquiry, on=request.on, snapshot=snapshot)
    context = {
        "enquiry": enquiry,
        "card": Card(now_at.desk.agency, moment_of(request), now_at.desk.contact),
        "reason": now_at.reason,
        "phone": now_at.desk.phone,
        "can_be_answered": bool(enquiry.email or enquiry.phone),
        "has_status": bool(enquiry.email),
        "demo": settings.DEMO,
        # Nobody should rely on an answer that may come on the day of the talk, or later.
        "is_urgent": enquiry.talk_on is not None and enquiry.talk_on <= enquiry.answer_by,
    }
    return render(request, "contacts/enquiry/sent.html", context)


def _sent_now(token: str) -> Enquiry | None:
    try:
        key = signing.loads(token, salt=SENT, max_age=SENT_LASTS)
    except signing.BadSignature:
        return None
    return Enquiry.objects.filter(uuid=uuid.UUID(hex=key)).first()
