"""What waits for the user of the administration, as lines of its start page: grants and offers."""

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.roles import EDITORS, agencies_of
from portal import clock
from portal.dashboard import Line
from projects import deliveries, offer_confirming, reminding
from projects.actors import CASEWORKERS, DECIDERS, FINANCE, decidable
from projects.models import Application, Objection, Offer
from projects.models.guide import OfferState
from projects.states import ApplicationState as S
from projects.states import GrantState, ObjectionState, PayoutState

# Who has to act on payouts in which states.
PAYOUTS = (
    (CASEWORKERS, (PayoutState.REQUESTED, PayoutState.BOUNCED)),
    (DECIDERS, (PayoutState.CERTIFIED,)),
    (FINANCE, (PayoutState.ORDERED,)),
)
RANK = 0  # before the upkeep of contacts: somebody waits for an answer


def for_start_page(request: HttpRequest) -> Iterator[Line]:
    """What waits for caseworkers, and for deciders.

    Of all agencies for which the user does this; whoever only reads is asked nothing.
    """
    yield from _to_decide(request.user)
    yield from _to_check(request)
    yield from _to_handle(request.user)
    yield from _payouts(request.user)
    yield from _reminders(request.user)
    yield from _offers(request.user)


def _to_decide(user) -> Iterator[Line]:
    """Proposals, and objections that somebody else decided on the first time."""
    agencies = agencies_of(user, DECIDERS)
    if not agencies:
        return
    own = decidable(Application.objects.visible_to(user).filter(agency__in=agencies), user)
    proposed = own.filter(state=S.PROPOSED).count()
    if proposed:
        text = ngettext("%(n)d proposal to be decided", "%(n)d proposals to be decided", proposed)
        yield _line(text % {"n": proposed}, "proposed")
    open_ones = Objection.objects.filter(application__in=own, state=ObjectionState.OPEN)
    objections = open_ones.exclude(letter__issued_by=user).count()
    if objections:
        text = ngettext(
            "%(n)d objection to be decided", "%(n)d objections to be decided", objections
        )
        yield _line(text % {"n": objections}, "objections")


def _to_check(request: HttpRequest) -> Iterator[Line]:
    """New applications, drafts to be looked at, and changes whose day has passed."""
    agencies = agencies_of(request.user, CASEWORKERS)
    if not agencies:
        return
    own = Application.objects.visible_to(request.user).filter(agency__in=agencies)
    new = own.filter(state=S.SUBMITTED).count()
    if new:
        text = ngettext("%(n)d new application", "%(n)d new applications", new)
        yield _line(text % {"n": new}, "new")
    drafts = own.filter(state=S.PRECHECK).count()
    if drafts:
        text = ngettext(
            "%(n)d draft for a preliminary check", "%(n)d drafts for a preliminary check", drafts
        )
        yield _line(text % {"n": drafts}, "precheck")
    overdue = own.filter(
        change_requests__settled_at=None, change_requests__due_on__lt=clock.today()
    ).count()
    if overdue:
        text = ngettext(
            "%(n)d request for changes without an answer",
            "%(n)d requests for changes without an answer",
            overdue,
        )
        yield _line(text % {"n": overdue}, "overdue")


def _to_handle(user) -> Iterator[Line]:
    """Letters for the post, and proofs of use that came."""
    agencies = agencies_of(user, CASEWORKERS | DECIDERS)
    if not agencies:
        return
    own = Application.objects.visible_to(user).filter(agency__in=agencies)
    letters = own.filter(pk__in=deliveries.to_be_posted().values("letter__application")).count()
    if letters:
        text = _("Letters to be posted: %(n)d") % {"n": letters}
        yield _line(text, "letters")
    checks = own.filter(agency__in=agencies_of(user, CASEWORKERS))
    proofs = checks.filter(grant__state=GrantState.PROOF_SUBMITTED).count()
    if proofs:
        yield _line(_("Proofs of use to be checked: %(n)d") % {"n": proofs}, "proofs")


def _payouts(user) -> Iterator[Line]:
    """Those that wait for the user's part: to be certified, ordered, or handed over."""
    waits = Q()
    for roles, states in PAYOUTS:
        agencies = agencies_of(user, roles)
        if agencies:
            waits |= Q(agency__in=agencies, grant__payouts__state__in=states)
    if not waits:
        return
    number = Application.objects.visible_to(user).filter(waits).distinct().count()
    if number:
        yield _line(_("Cases with payouts that wait for you: %(n)d") % {"n": number}, "payouts")


def _reminders(user) -> Iterator[Line]:
    rows = reminding.due(user, on=clock.today())
    number = Application.objects.visible_to(user).filter(pk__in=rows).count()
    if number:
        yield _line(_("Reminders that are due: %(n)d") % {"n": number}, "reminders")


def _offers(user) -> Iterator[Line]:
    """For editors: offers that wait for release, and those that nobody confirms."""
    agencies = agencies_of(user, EDITORS)
    if not agencies:
        return
    own = Offer.objects.visible_to(user).filter(agency__in=agencies)
    address = reverse("admin:projects_offer_changelist")
    new = own.filter(state=OfferState.SUBMITTED).count()
    if new:
        text = ngettext("%(n)d offer waits for release", "%(n)d offers wait for release", new)
        yield Line(what=text % {"n": new}, url=f"{address}?todo=release", rank=RANK)
    silent = own.filter(pk__in=offer_confirming.unanswered(clock.today()).values("pk")).count()
    if silent:
        text = ngettext(
            "%(n)d offer that nobody has confirmed for a year",
            "%(n)d offers that nobody has confirmed for a year",
            silent,
        )
        yield Line(what=text % {"n": silent}, url=f"{address}?todo=unanswered")


def _line(text: str, turn: str) -> Line:
    url = f"{reverse('admin:projects_application_changelist')}?next={turn}"
    return Line(what=text, url=url, rank=RANK)
