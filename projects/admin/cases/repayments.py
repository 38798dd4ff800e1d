"""Money that is to come back, and grants that are revoked: hearing, demand, order, payment."""

from collections.abc import Callable, Iterator

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.scoped import Native
from portal import clock
from projects import actors
from projects.admin.cases.forms import StaffTextForm
from projects.admin.cases.frame import Panel, Possible, Seen, View, address, case_of
from projects.admin.cases.proposal_forms import WordForm
from projects.admin.cases.steps import DayForm, acting, granted, with_form
from projects.models import Claim, Grant, Hearing
from projects.standing import due_on
from projects.states import Actor, GrantState
from projects.workflow import reclaiming
from projects.workflow.turning import owed_cents

G = GrantState
About = Hearing.About


def read(seen: Seen) -> dict:
    grant = getattr(seen.case, "grant", None)
    if grant is None:
        return {}
    return {
        "hearings": seen.case.hearings.select_related("letter").defer(
            "letter__pdf", "letter__content"
        ),
        "claim": claim_of(grant),
        "claim_until": due_on(grant, "repayment"),
    }


PANEL = Panel("admin/projects/application/_repayment.html", read)


def claim_of(grant: Grant) -> Claim | None:
    rows = Claim.objects.filter(grant=grant).select_related("proposed_by", "ordered_by", "letter")
    return rows.defer("letter__pdf", "letter__content").first()


def possible(seen: Seen) -> Iterator[Possible]:
    grant = getattr(seen.case, "grant", None)
    if grant is None:
        return
    grant.application = seen.case
    yield from _hearings(seen, grant)
    yield from _claims(seen, grant)
    if grant.state in reclaiming.REVOCABLE and _was_heard(seen, About.REVOCATION):
        reason = seen.why_not(Actor.DECIDER) or _not_heard(seen, About.REVOCATION)
        yield _step(seen, "revoke", _("Revoke the grant"), reason)


def _hearings(seen: Seen, grant: Grant) -> Iterator[Possible]:
    for about, label in LABELS.items():
        if reclaiming.can_be_heard(grant, about):
            reason = seen.why_not(Actor.CASEWORKER)
            is_main = about == About.REPAYMENT
            yield _step(seen, f"hear_{about}", str(label), reason, is_main=is_main)
    if reclaiming.open_hearing(seen.case) and actors.may_write(seen.user, seen.case):
        yield _step(seen, "hearing_answer", _("Enter the answer to the hearing"))


def _claims(seen: Seen, grant: Grant) -> Iterator[Possible]:
    claim = claim_of(grant)
    if claim is None and reclaiming.can_be_claimed(grant):
        reason = seen.why_not(Actor.CASEWORKER)
        if not reason and grant.state in reclaiming.HEARD_ON_REPAYMENT:
            reason = _not_heard(seen, About.REPAYMENT)
        yield _step(seen, "claim", _("Propose to demand it back"), reason, is_main=True)
    if claim is not None and claim.ordered_at is None:
        reason = seen.why_not(Actor.DECIDER)
        yield _step(seen, "order_claim", _("Demand it back"), reason, is_main=True)
        yield _step(seen, "send_back_claim", _("Send the demand back"), reason)
    if grant.state == G.REPAYMENT_DUE:
        reason = seen.why_not(Actor.FINANCE)
        yield _step(seen, "repaid", _("It has been paid back"), reason, is_main=True)


def _was_heard(seen: Seen, about: About) -> bool:
    return seen.case.hearings.filter(about=about).exists()


def _not_heard(seen: Seen, about: About) -> str:
    if reclaiming.is_heard(seen.case, about, on=seen.on):
        return ""
    if _was_heard(seen, about):
        return _("The recipient still has time to answer.")
    return _("The recipient has to be heard first.")


def _step(
    seen: Seen, name: str, label: str, reason: str = "", *, is_main: bool = False
) -> Possible:
    return Possible(name, label, address(seen.case, name), reason, is_main=is_main)


# Forms --------------------------------------------------------------------------------------------

LABELS = {
    About.REPAYMENT: gettext_lazy("Hear the recipient about a repayment"),
    About.REVOCATION: gettext_lazy("Hear the recipient about a revocation"),
}


class HearingForm(StaffTextForm):
    field_order = ["text", "until"]

    until = forms.DateField(
        label=gettext_lazy("Answer until"),
        widget=Native(),
        help_text=gettext_lazy("Two weeks from now or more."),
        error_messages={"required": gettext_lazy("Give a day that is still to come.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is intended, and why")
        self.fields["text"].help_text = _("It stands in the letter.")


def _hear(about: About) -> View:
    def view(page, request: HttpRequest, pk: int) -> HttpResponse:
        case = acting(page, request, pk, Actor.CASEWORKER)
        granted(case)

        def hear(values: dict) -> None:
            reclaiming.hear(
                case,
                about=about,
                reason=values["text"],
                answer_until=values["until"],
                by=request.user,
                now=clock.now(),
            )

        form = HearingForm(request.POST or None)
        said = _("The letter is issued. The recipient can answer.")
        return with_form(page, request, case, form, hear, said, title=LABELS[about])

    return view


def answer(page, request: HttpRequest, pk: int) -> HttpResponse:
    """What the recipient has said by letter or at the office."""
    case = case_of(page, request, pk)
    if not actors.may_write(request.user, case):
        raise PermissionDenied
    granted(case)
    form = WordForm(request.POST or None, label=_("What the recipient says"))

    def enter(values: dict) -> None:
        reclaiming.answer_hearing(case, values["text"], by=request.user, now=clock.now())

    title = _("Enter the answer to the hearing")
    return with_form(page, request, case, form, enter, _("The answer is kept."), title=title)


def _with_text(title, label, verb: Callable, actor: Actor, said, *, keyword: str = "") -> View:
    """A step with a text, which the verb takes as `keyword` or in the second place."""

    def view(page, request: HttpRequest, pk: int) -> HttpResponse:
        case = acting(page, request, pk, actor)
        granted(case)
        form = WordForm(request.POST or None, label=str(label))

        def act(values: dict) -> None:
            moment = {"by": request.user, "now": clock.now()}
            if keyword:
                verb(case, **{keyword: values["text"]}, **moment)
            else:
                verb(case, values["text"], **moment)

        return with_form(page, request, case, form, act, str(said), title=title)

    return view


claim = _with_text(
    gettext_lazy("Propose to demand it back"),
    gettext_lazy("Reason in the letter"),
    reclaiming.propose_claim,
    Actor.CASEWORKER,
    gettext_lazy("It is proposed. Somebody else demands it."),
    keyword="reason",
)
send_back_claim = _with_text(
    gettext_lazy("Send the demand back"),
    gettext_lazy("Note to the caseworker"),
    reclaiming.send_back_claim,
    Actor.DECIDER,
    gettext_lazy("It goes back to the caseworker."),
)
revoke = _with_text(
    gettext_lazy("Revoke the grant"),
    gettext_lazy("Reason in the letter"),
    reclaiming.revoke,
    Actor.DECIDER,
    gettext_lazy("The grant is revoked, and the letter is issued."),
    keyword="reason",
)


def order_claim(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = acting(page, request, pk, Actor.DECIDER)
    amount = owed_cents(granted(case))

    def order(values: dict) -> None:
        reclaiming.order_claim(case, due_on=values["day"], by=request.user, now=clock.now())

    form = DayForm(
        request.POST or None,
        label=_("To be paid until"),
        help_text=_("Two weeks from now or more."),
    )
    said = _("The letter is issued. The finance office waits for the money.")
    title = _("Demand it back")
    return with_form(page, request, case, form, order, said, title=title, amount=amount)


def repaid(page, request: HttpRequest, pk: int) -> HttpResponse:
    case = acting(page, request, pk, Actor.FINANCE)
    granted(case)
    now = clock.now()

    def mark(values: dict) -> None:
        reclaiming.mark_repaid(case, paid_on=values["day"], by=request.user, now=now)

    initial = {"day": clock.today(now)}
    form = DayForm(request.POST or None, label=_("Paid back on"), initial=initial)
    said = _("It is booked. The money is free for others again.")
    return with_form(page, request, case, form, mark, said, title=_("It has been paid back"))


VIEWS: dict[str, tuple[str, View]] = {
    "hear_repayment": ("<int:pk>/hearing/repayment/", _hear(About.REPAYMENT)),
    "hear_revocation": ("<int:pk>/hearing/revocation/", _hear(About.REVOCATION)),
    "hearing_answer": ("<int:pk>/hearing/answer/", answer),
    "claim": ("<int:pk>/claim/", claim),
    "order_claim": ("<int:pk>/claim/order/", order_claim),
    "send_back_claim": ("<int:pk>/claim/back/", send_back_claim),
    "repaid": ("<int:pk>/claim/paid/", repaid),
    "revoke": ("<int:pk>/revocation/", revoke),
}
