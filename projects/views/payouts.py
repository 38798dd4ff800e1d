"""Asking for money of a grant, and saying to which account it goes."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal import limits
from portal.views import errors
from projects import account_links, iban
from projects.grant_forms import AccountForm, PayoutForm
from projects.models import Application, Payout
from projects.rules import rules_of
from projects.standing import standing_of
from projects.states import PayoutState
from projects.views.grant import grant_of, then
from projects.views.shared import case_of, case_page, moment
from projects.workflow import RefusedError, instalments

REQUESTS_AN_HOUR = 20  # each brings everybody a mail


@case_page
def payout(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Ask for an instalment."""
    found = case_of(request, case)
    grant = grant_of(found)
    obstacle = instalments.obstacle(found, grant, on=request.on)
    if obstacle:
        messages.warning(request, obstacle)
        return redirect("projects:grant", found.uuid)
    last = grant.payouts.exclude(state=PayoutState.REFUSED).order_by("number").last()
    latest = instalments.latest_spending(rules_of(found.rule_set_id), on=request.on)
    form = PayoutForm(
        request.POST or None,
        case=found,
        latest=latest,
        on=request.on,
        left=standing_of(grant).left,
        initial=_account_of(found, last),
    )
    if request.method == "POST" and form.is_valid():
        if not _may_ask(request):
            return errors.too_many_requests(request)
        try:
            asked = instalments.request(found, form.wanted(), **moment(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _said_of(asked))
            return redirect("projects:grant", found.uuid)
    context = {"application": found, "form": form, "standing": standing_of(grant)}
    status = 422 if form.is_bound else 200
    return render(request, "projects/grant/payout.html", context, status=status)


def _account_of(found: Application, last: Payout | None) -> dict[str, str]:
    """What most people would type: the account of last time, or the applicant's own name."""
    if last is None:
        return {"holder": found.applicant_name[:70]}
    reason = last.holder_reason
    return {"holder": last.holder, "iban": iban.shown(last.iban), "holder_reason": reason}


def _may_ask(request: HttpRequest) -> bool:
    of = f"user:{request.applicant.pk}"
    return limits.is_within(request, "payout", amount=REQUESTS_AN_HOUR, now=request.now, of=of)


def _said_of(asked: Payout) -> str:
    if asked.is_other_account and not asked.confirmed_at:
        return _("It is another account than before. Please confirm it by the link in the mail.")
    return _("The office has your request. You get a mail when the money is on its way.")


@case_page
def account(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """The right account for a payment that the bank has sent back."""
    found = case_of(request, case)
    grant = grant_of(found)
    bounced = grant.payouts.filter(number=number, state=PayoutState.BOUNCED).first()
    if bounced is None:
        return redirect("projects:grant", found.uuid)
    initial = _account_of(found, bounced)
    form = AccountForm(request.POST or None, case=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not _may_ask(request):
            return errors.too_many_requests(request)
        typed = form.cleaned_data
        account = {"holder": typed["holder"], "holder_reason": typed["holder_reason"]}
        try:
            changed = instalments.change_account(
                bounced, number=typed["iban"], **account, **moment(request)
            )
        except RefusedError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _said_of(changed))
            return redirect("projects:grant", found.uuid)
    context = {"application": found, "form": form, "payout": bounced}
    status = 422 if form.is_bound else 200
    return render(request, "projects/grant/account.html", context, status=status)


@case_page
def confirm_account(request: HttpRequest, case: uuid.UUID, token: str) -> HttpResponse:
    """The page to which the mail about a new account leads; its button confirms the account."""
    found = case_of(request, case)
    waiting = grant_of(found).payouts.all()
    asked = next((row for row in waiting if account_links.fits(row, token)), None)
    if asked is None:
        raise Http404("no such account")
    if not instalments.is_unconfirmed(asked):
        messages.success(request, _("The account has been confirmed."))
        return redirect("projects:grant", found.uuid)
    if request.method != "POST":
        context = {"application": found, "payout": asked, "iban": iban.shown(asked.iban)}
        return render(request, "projects/grant/confirm_account.html", context)
    said = _("The account has been confirmed. The office goes on with the payment.")
    return then(request, found, instalments.confirm_account, said, asked, token)
