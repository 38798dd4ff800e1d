"""The money of a grant: asked for, certified by one, ordered by another, paid or bounced."""

from collections.abc import Callable, Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from contacts.roles import agencies_of
from portal import clock
from projects import actors, iban
from projects.admin.cases.frame import (
    Panel,
    Possible,
    Seen,
    View,
    address,
    by_post,
    case_of,
    done,
)
from projects.grant_forms import PayoutForm
from projects.models import Application, Payout
from projects.models.scoping import WHOLE_AGENCY
from projects.rules import rules_of
from projects.standing import standing_of
from projects.states import PAYOUT_STEPS, Actor, PayoutState, actors_of
from projects.terms import Channel
from projects.workflow import instalments, paying

P = PayoutState


def read(seen: Seen) -> dict:
    grant = getattr(seen.case, "grant", None)
    if grant is None:
        return {}
    rows = grant.payouts.select_related("certified_by", "ordered_by")
    shown = iban.shown if _sees_accounts(seen) else iban.masked
    return {
        "grant": grant,
        "standing": standing_of(grant),
        "payouts": [(row, shown(row.iban), instalments.is_unconfirmed(row)) for row in rows],
    }


def _sees_accounts(seen: Seen) -> bool:
    """Those who work on cases of the whole agency; coordinators see which account it is."""
    return seen.user.is_superuser or seen.case.agency_id in agencies_of(seen.user, WHOLE_AGENCY)


PANEL = Panel("admin/projects/application/_payouts.html", read)


def possible(seen: Seen) -> Iterator[Possible]:
    case = seen.case
    grant = getattr(case, "grant", None)
    if grant is None:
        return
    grant.application = case
    waits = instalments.waits(case, grant)
    for row in grant.payouts.all():
        yield from _steps(seen, row, waits)
    if actors.may_write(seen.user, case):  # what came on paper
        reason = instalments.obstacle(case, grant, on=seen.on)
        yield Possible("payout", _("Enter a request for money"), address(case, "payout"), reason)


def _steps(seen: Seen, row: Payout, waits: str) -> Iterator[Possible]:
    """The steps of one instalment, each by its number."""
    is_new = instalments.is_unconfirmed(row)
    if is_new and seen.case.channel != Channel.ONLINE and row.state in (P.REQUESTED, P.BOUNCED):
        reason = seen.why_not(Actor.CASEWORKER)
        yield _step(seen, row, "confirm", _("Payout %d: the new account is right"), reason, True)
    if row.state in (P.REQUESTED, P.BOUNCED):
        reason = waits or (str(paying.UNCONFIRMED) if is_new else "")
        reason = seen.why_not(Actor.CASEWORKER) or reason
        yield _step(seen, row, "certify", _("Certify payout %d"), reason, True, is_main=True)
    if row.state == P.CERTIFIED:
        reason = seen.why_not(Actor.DECIDER) or waits
        yield _step(seen, row, "order", _("Order payout %d"), reason, True, is_main=True)
    allowed = actors_of(PAYOUT_STEPS, row.state, P.REFUSED) - {Actor.SYSTEM}
    if allowed:
        reason = "" if allowed & seen.parts else seen.why_not(Actor.CASEWORKER)
        yield _step(seen, row, "refuse", _("Refuse payout %d"), reason)
    if row.state == P.EXPORTED:
        reason = seen.why_not(Actor.FINANCE)
        yield _step(seen, row, "paid", _("Payout %d is paid"), reason, is_main=True)
        yield _step(seen, row, "bounced", _("Payout %d has bounced"), reason)


def _step(
    seen: Seen,
    row: Payout,
    name: str,
    label: str,
    reason: str,
    is_post: bool = False,
    *,
    is_main: bool = False,
) -> Possible:
    url = address(seen.case, f"payout_{name}", row.number)
    return Possible(
        f"payout_{name}", label % row.number, url, reason, by_post=is_post, is_main=is_main
    )


# Steps --------------------------------------------------------------------------------------------


def payout_of(case: Application, number: int) -> Payout:
    found = Payout.objects.filter(grant__application=case, number=number).first()
    if found is None:
        raise Http404
    return found


def _button(verb: Callable, said: str) -> View:
    @by_post
    def view(page, request: HttpRequest, case: Application, number: int) -> HttpResponse:
        return done(request, case, verb, str(said), of=payout_of(case, number))

    return view


certify = _button(paying.certify, gettext_lazy("It is certified. Somebody else orders it."))
order = _button(paying.order, gettext_lazy("It is ordered, and goes to the cash office."))
confirm = _button(instalments.confirm_account, gettext_lazy("The account is confirmed."))


class ReasonForm(forms.Form):
    """Why money is not paid, as the applicant reads it."""

    text = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The applicant reads it."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class PaidForm(forms.Form):
    paid_on = forms.DateField(
        label=gettext_lazy("Paid on"),
        widget=Native(),
        error_messages={"required": gettext_lazy("Say on which day it was paid.")},
    )


def _page(name: str, title: str, actors_allowed: set[Actor], make_form, verb: Callable, said: str):
    """A step with a form of its own: `make_form(data)`, then `verb(payout, the one value, …)`."""

    def view(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        case = case_of(page, request, pk)
        if not actors.actors_for(request.user, case) & actors_allowed:
            raise PermissionDenied
        payout = payout_of(case, number)
        form = make_form(request.POST or None)
        if request.method == "POST" and form.is_valid():
            value = next(iter(form.cleaned_data.values()))
            try:
                verb(payout, value, by=request.user, now=clock.now())
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, str(said))
                return HttpResponseRedirect(address(case))
        context = {"title": title % number, "case": case, "form": form, "back": address(case)}
        status = 422 if form.errors else 200
        return page.page(request, "admin/projects/application/form.html", context, status=status)

    view.__name__ = name
    return view


refuse = _page(
    "refuse",
    gettext_lazy("Refuse payout %d"),
    {Actor.CASEWORKER, Actor.DECIDER},
    ReasonForm,
    paying.refuse,
    gettext_lazy("It is refused. The applicant gets a mail."),
)
paid = _page(
    "paid",
    gettext_lazy("Payout %d is paid"),
    {Actor.FINANCE},
    lambda data: PaidForm(data, initial={"paid_on": clock.today()}),
    paying.mark_paid,
    gettext_lazy("It is paid and booked. The applicant gets a mail."),
)
bounced = _page(
    "bounced",
    gettext_lazy("Payout %d has bounced"),
    {Actor.FINANCE},
    ReasonForm,
    paying.mark_bounced,
    gettext_lazy("It has come back. The applicant checks the account."),
)


def ask(page, request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what somebody without a browser asks for."""
    case = case_of(page, request, pk)
    grant = getattr(case, "grant", None)
    if not actors.may_write(request.user, case):
        raise PermissionDenied
    if grant is None:
        raise Http404
    now = clock.now()
    form = PayoutForm(
        request.POST or None,
        case=case,
        latest=instalments.latest_spending(rules_of(case.rule_set_id), on=clock.today(now)),
        on=clock.today(now),
        left=standing_of(grant).left,
        initial={"holder": case.applicant_name[:70]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            instalments.request(case, form.wanted(), by=request.user, now=now)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The request stands with the case."))
            return HttpResponseRedirect(address(case))
    title = _("Enter a request for money")
    context = {"title": title, "case": case, "form": form, "back": address(case)}
    status = 422 if form.errors else 200
    return page.page(request, "admin/projects/application/form.html", context, status=status)


VIEWS: dict[str, tuple[str, View]] = {
    "payout": ("<int:pk>/payout/", ask),
    "payout_certify": ("<int:pk>/payout/<int:number>/certify/", certify),
    "payout_order": ("<int:pk>/payout/<int:number>/order/", order),
    "payout_confirm": ("<int:pk>/payout/<int:number>/confirm/", confirm),
    "payout_refuse": ("<int:pk>/payout/<int:number>/refuse/", refuse),
    "payout_paid": ("<int:pk>/payout/<int:number>/paid/", paid),
    "payout_bounced": ("<int:pk>/payout/<int:number>/bounced/", bounced),
}
