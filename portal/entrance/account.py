"""The account behind the log-in: what it is, what is stored about it, and how it ends."""

import datetime as dt
import logging

from django.contrib.auth import logout
from django.db import IntegrityError, transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from portal import limits, login_code, my_data, privacy
from portal.accounts import journal, sessions
from portal.context import SITE_NAME, site_address
from portal.entrance import flows, log_in, mails
from portal.entrance.flows import Flow
from portal.entrance.forms import NewAddressForm, TwoCodesForm
from portal.entrance.guard import applicant_page
from portal.entrance.views import said
from portal.log_ins import account_hash
from portal.login_code import Entry, Purpose
from portal.models import User

logger = logging.getLogger(__name__)

CHANGES_AN_HOUR = 5
COPIES_AN_HOUR = 10
CHANGE = "address-change"  # where the session keeps a change that waits for its codes


@applicant_page
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "entrance/account.html", {"has_changed": "geaendert" in request.GET})


# The e-mail address -------------------------------------------------------------------------------


@applicant_page
def new_address(request: HttpRequest) -> HttpResponse:
    """Change the e-mail address: each of the two gets a code, and both are typed here."""
    flow = flows.current(request, CHANGE)
    if request.method != "POST":
        if flow is None or "neu" in request.GET:
            return render(request, "entrance/new_address.html", {"form": NewAddressForm()})
        return _codes_page(request, flow, TwoCodesForm())
    if "email" in request.POST:
        form = NewAddressForm(request.POST, present=request.applicant.email)
        if not form.is_valid():
            return render(request, "entrance/new_address.html", {"form": form}, status=422)
        return _send_codes(request, flows.begin(email=form.cleaned_data["email"]))
    if flow is None:
        return redirect("entrance:new_address")
    if "again" in request.POST:
        return _send_codes(request, flow)
    form = TwoCodesForm(request.POST)
    if not form.is_valid():
        return _codes_page(request, flow, form, status=422)
    checked = login_code.check_all(_entries(request, flow, form.cleaned_data), now=request.now)
    if checked.is_right and change_address(request.applicant, flow.email, now=request.now):
        flows.forget(request, CHANGE)
        sessions.end_all(request.applicant, but=request.session.session_key)
        return HttpResponseRedirect(f"{reverse('entrance:account')}?geaendert")
    logger.warning("Codes refused for account %s.", account_hash(request.applicant.email))
    form.add_error(None, said(checked))
    return _codes_page(request, flow, form, status=422)


def _send_codes(request: HttpRequest, flow: Flow) -> HttpResponse:
    """A code to the present address and one to the new one, whoever that belongs to."""
    flows.keep(request, flow, CHANGE)
    user = request.applicant
    is_within = limits.is_within(
        request, "address", amount=CHANGES_AN_HOUR, now=request.now, of=str(user.pk)
    )
    if not is_within or not log_in.may_ask(request, flow.email):
        form = TwoCodesForm()
        form.remark = log_in.too_often()
        return _codes_page(request, flow, form, status=429)
    ways = {Purpose.OLD_ADDRESS: user.email, Purpose.NEW_ADDRESS: flow.email}
    with transaction.atomic():
        for purpose, email in ways.items():
            login_code.issue(
                email,
                nonce=flow.nonce,
                site=site_address(request),
                now=request.now,
                purpose=purpose,
            )
    return redirect("entrance:new_address")


def _entries(request: HttpRequest, flow: Flow, typed: dict[str, str]) -> list[Entry]:
    return [
        Entry(
            nonce=flow.nonce,
            email=request.applicant.email,
            code=typed["old_code"],
            purpose=Purpose.OLD_ADDRESS,
        ),
        Entry(
            nonce=flow.nonce,
            email=flow.email,
            code=typed["new_code"],
            purpose=Purpose.NEW_ADDRESS,
        ),
    ]


def _codes_page(
    request: HttpRequest, flow: Flow, form: TwoCodesForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "flow": flow, "minutes": login_code.LASTS.seconds // 60}
    return render(request, "entrance/new_address_codes.html", context, status=status)


def change_address(user: User, email: str, *, now: dt.datetime) -> bool:
    """Give the account another address and tell the former one; False when it is taken.

    Whether both addresses have confirmed it is asked before.
    """
    try:
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=user.pk)
            former, user.email = user.email, login_code.normal(email)
            user.save(update_fields=["email"])
            privacy.take_along(user, former=former)
            mails.address_changed(former, about=f"address-changed:{user.pk}", now=now)
    except IntegrityError:
        return False
    journal.tell(user, "e-mail address changed", by=user)
    return True


# My data, and the end -----------------------------------------------------------------------------


@applicant_page
def data(request: HttpRequest) -> HttpResponse:
    """Everything that is stored about whoever is logged in, as a ZIP; by POST, it is some work."""
    if request.method != "POST":
        return redirect("entrance:account")
    user = request.applicant
    if not limits.is_within(
        request, "my-data", amount=COPIES_AN_HOUR, now=request.now, of=str(user.pk)
    ):
        return render(request, "429.html", status=429)
    name = f"{SITE_NAME.lower()}-{request.on.isoformat()}.zip"
    journal.tell(user, "copy of own data", by=user)
    return FileResponse(my_data.write(user, now=request.now), as_attachment=True, filename=name)


@applicant_page
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account; the page says before what has to stay, and for how long."""
    user = request.applicant
    kept = privacy.kept_of(user)
    if request.method != "POST":
        return render(request, "entrance/delete.html", {"kept": kept})
    email, about = user.email, f"deleted:{user.pk}"
    with transaction.atomic():
        privacy.erase(user, now=request.now)
        mails.deleted(email, about=about, now=request.now, kept=kept)
    logout(request)
    request.applicant = None
    return render(request, "entrance/deleted.html", {"kept": kept})
