"""Coming in and going out: address, code, mailed links, log-out."""

import logging

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import limits, login_code, own_links
from portal.accounts import sessions
from portal.context import site_address
from portal.entrance import arrivals, flows, links, log_in, mails
from portal.entrance.arrivals import Carried
from portal.entrance.flows import Flow
from portal.entrance.forms import AddressForm, CodeForm
from portal.entrance.guard import signed_in
from portal.log_ins import account_hash
from portal.login_code import Checked, Entry, Outcome
from portal.models import EntranceLink
from portal.public import form_page

logger = logging.getLogger(__name__)

LINKS_AN_HOUR = 5


# Address and code ---------------------------------------------------------------------------------


@form_page
def address(request: HttpRequest) -> HttpResponse:
    """The e-mail address; `?weiter=` is where to go afterwards, `?vorgang=` goes on with a flow."""
    if request.method == "POST":
        form = AddressForm(request.POST)
        if not form.is_valid():
            return render(request, "entrance/address.html", {"form": form}, status=422)
        flow = _going_on(request, form.cleaned_data["vorgang"] or "")
        flow = flow or flows.begin(weiter=form.cleaned_data["weiter"] or "")
        flow = flow.to(form.cleaned_data["email"])
        if form.cleaned_data["remark"]:  # a program: it is told what all are told, and gets no mail
            flows.keep(request, flow)
            return redirect("entrance:code")
        return log_in.begin(request, flow)
    weiter = flows.local_path(request.GET.get("weiter", ""))
    flow = _going_on(request, request.GET.get("vorgang", ""))
    if flow is None and signed_in(request):
        return HttpResponseRedirect(weiter or own_links.home())
    initial = {"weiter": weiter}
    if flow is not None:
        initial |= {"vorgang": flow.key, "email": "" if flow.link else flow.email}
    return render(request, "entrance/address.html", {"form": AddressForm(initial=initial)})


def _going_on(request: HttpRequest, key: str) -> Flow | None:
    """The flow of this session, if it is the one that a page calls `key`.

    Through a mailed link, nobody may choose another address.
    """
    flow = flows.current(request) if key else None
    return flow if flow and flow.key == key and not flow.link else None


@form_page
def code(request: HttpRequest) -> HttpResponse:
    """The code that was mailed; "again" sends another one."""
    flow = flows.current(request)
    if flow is None or not flow.email:
        return redirect("entrance:log_in")
    if request.method != "POST":
        return log_in.code_page(request, flow, CodeForm())
    if "again" in request.POST:
        return log_in.send_code(request, flow)
    form = CodeForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        checked = login_code.check(
            Entry(nonce=flow.nonce, email=flow.email, code=typed), now=request.now
        )
        user = log_in.account_of(flow.email) if checked.is_right else None
        if user is not None:
            return log_in.let_in(request, user, flow)
        logger.warning("Code refused for account %s.", account_hash(flow.email))
        form.add_error("code", said(checked))
    return log_in.code_page(request, flow, form, status=422)


def said(checked: Checked) -> str:
    """What to say of a code that let nobody in."""
    if checked.outcome is Outcome.WRONG:
        return ngettext(
            "This code is not right. You can try once more.",
            "This code is not right. You can try %(number)s more times.",
            checked.tries_left,
        ) % {"number": checked.tries_left}
    return _("This code no longer counts. Please ask for a new one.")


# Mailed links -------------------------------------------------------------------------------------


@form_page
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A mailed link: the page has one button, since programs that scan mail follow links.

    The answer is 200 also for a link that is used or too old: an error would be logged with the
    address. Who is logged in as the person it was for goes straight on.
    """
    found = links.find(token)
    if found is None:
        return render(request, "entrance/link_unknown.html", status=410)
    flow = _flow_of(found)
    user = signed_in(request)
    is_theirs = user is not None and login_code.normal(user.email) == flow.email
    if is_theirs and found.kind == EntranceLink.RESUME:
        return HttpResponseRedirect(flow.weiter)
    arrival = arrivals.of_kind(found.kind)
    context = {
        "email": flow.shown_email,
        "arrival": arrival,
        "counts": links.counts(found, now=request.now),
        "is_theirs": is_theirs,
        "weiter": flow.weiter,
    }
    if request.method == "POST":
        if context["counts"]:
            return log_in.begin(request, flow)
        return _send_new_link(request, found, context)
    return render(request, "entrance/link.html", context)


def _flow_of(link: EntranceLink) -> Flow:
    email = links.email_of(link)
    if link.kind == EntranceLink.RESUME:
        return flows.begin(email=email, weiter=link.data.get("weiter", ""), link=link.pk)
    return flows.begin(email=email, carried=Carried(link.kind, link.data), link=link.pk)


def _send_new_link(request: HttpRequest, link: EntranceLink, context: dict) -> HttpResponse:
    """Mail another link to the same place, a few times an hour."""
    to = links.email_of(link)
    if not limits.is_within(request, "link", amount=LINKS_AN_HOUR, now=request.now, of=to):
        return render(request, "429.html", status=429)
    with transaction.atomic():
        url = links.renew(link, site=site_address(request), now=request.now)
        mails.new_link(to, url, about=f"link:{link.pk}", now=request.now)
    return render(request, "entrance/link.html", {**context, "is_sent": True})


# Going out ----------------------------------------------------------------------------------------


@form_page
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out by POST, with "everywhere" on all devices; GET asks."""
    user = signed_in(request)
    if request.method != "POST":
        if user is None:
            return redirect("entrance:log_in")
        request.applicant = user
        return render(request, "entrance/log_out.html")
    if user is not None:
        if "everywhere" in request.POST:
            sessions.end_all(user)
        logout(request)
    return redirect("home")
