"""One grant from the first word to the closed file: at each step the ledger adds up to the cent."""

import datetime as dt
import uuid

import pytest

from contacts.roles import Role
from portal import clock
from projects import budget, deliveries, events, proof_papers
from projects.keeping.due import duty_of
from projects.models import Application, FundedProject, Hearing, Payout, PlanLine, Receipt
from projects.states import GrantState, PayoutState
from projects.workflow import (
    RefusedError,
    amending,
    granted,
    instalments,
    objecting,
    paying,
    proving,
    reclaiming,
    settling,
    turning,
)
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
G = GrantState
NOW = cases.NOW
IBAN = "DE02120300000000202051"
REPORT = {
    "done": ["Wir haben uns am 5. September auf dem Markt in Grimma getroffen. " * 2],
    "participants": ["31"],
    "with_migration": ["17"],
    "reached": ["Viele grüßen sich jetzt auf der Straße."],
    "used_as_granted": ["on"],
    "economical": ["on"],
    "agrees_with_books": ["on"],
}


def on(day: str, hour: int = 10) -> dt.datetime:
    """That local day in UTC, some time before noon."""
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


class World:
    """A case with everybody who works on it; each verb gets the case as it is stored."""

    def __init__(self, place) -> None:
        self.applicant = factories.user("amal@example.org")
        self.caseworker = funding.staff(place.agency, Role.CASEWORKER)
        self.decider = funding.staff(place.agency, Role.DECIDER)
        self.finance = funding.staff(place.agency, Role.FINANCE)
        self.call = cases.open_call(place.agency)
        self.pot = cases.money_for(self.call)
        people = (self.applicant, self.caseworker, self.decider)
        what = cases.wanted(40_000, lines=(20_500, 24_500), reason="Kuchen zählt nicht.")
        self.pk = cases.granted(self.call, *people, what).pk

    @property
    def case(self) -> Application:
        return Application.objects.get(pk=self.pk)

    @property
    def grant(self):
        return self.case.grant

    @property
    def sums(self) -> tuple[int, int, int]:
        """Committed, paid, free."""
        sums = budget.sums_of(self.pot)
        return sums.committed, sums.paid, sums.free

    def pay(self, cents: int, day: str) -> Payout:
        wanted = instalments.Wanted(
            cents,
            Payout.Mode.ADVANCE,
            "Amal Haddad",
            IBAN,
            expected_until=on(day).date() + dt.timedelta(days=30),
        )
        payout = instalments.request(self.case, wanted, by=self.applicant, now=on(day))
        paying.certify(payout, by=self.caseworker, now=on(day))
        paying.order(payout, by=self.decider, now=on(day))
        paying.export(self.case.agency_id, by=self.finance, now=on(day))
        paying.mark_paid(payout, clock.today(on(day)), by=self.finance, now=on(day))
        return payout

    def spend(self, position: int, cents: int, *, side=PlanLine.Side.COSTS, **fields) -> Receipt:
        line = self.grant.lines.get(side=side, position=position)
        fields = {
            "payee": "Bäckerei Wolf",
            "purpose": "Kaffee",
            "paid_on": dt.date(2026, 9, 5),
        } | fields
        facts = proving.ReceiptFacts(line=line, amount_cents=cents, **fields)
        return proving.add_receipt(self.case, facts, by=self.applicant, now=on("2026-09-20"))

    def prove(self, day: str, **report) -> None:
        revision = getattr(getattr(self.grant, "proof", None), "revision", 0)
        moment = {"by": self.applicant, "now": on(day)}
        proving.save_report(self.case, REPORT | report, revision=revision, **moment)
        proving.submit(self.case, key=uuid.uuid4(), **moment)


@pytest.fixture
def world(place) -> World:
    return World(place)


@pytest.fixture
def ended(world) -> World:
    """Paid in full, the project is over, nothing proved yet."""
    letter = world.case.letters.get()
    deliveries.post(letter, posted_on=clock.today(NOW), by=world.caseworker, now=NOW)
    granted.waive(world.case, by=world.applicant, now=NOW)
    world.pay(40_000, "2026-09-04")
    turning.turn_all(on("2026-09-10"))
    assert world.grant.state == G.PROOF_DUE
    return world


def test_from_the_decision_to_the_closed_file(world):
    assert world.sums == (40_000, 0, 960_000)
    assert not FundedProject.objects.exists()

    deliveries.post(
        world.case.letters.get(), posted_on=clock.today(NOW), by=world.caseworker, now=NOW
    )
    granted.waive(world.case, by=world.applicant, now=NOW)
    assert FundedProject.objects.get().amount_cents == 40_000
    assert FundedProject.objects.get().recipient == ""  # a private person

    asked = amending.request(
        world.case,
        amending.Wanted("Der Saal ist teurer.", award_cents=42_000, lines={2: 26_500}),
        by=world.applicant,
        now=on("2026-06-01"),
    )
    amending.check(asked, "Einverstanden.", by=world.caseworker, now=on("2026-06-02"))
    amending.decide(
        asked, granted=True, reason="Begründet.", by=world.decider, now=on("2026-06-03")
    )
    assert (world.grant.award_cents, world.grant.recognised_cents) == (42_000, 47_000)
    assert world.sums == (42_000, 0, 958_000)

    world.pay(20_000, "2026-08-20")
    assert world.sums == (42_000, 20_000, 958_000)
    world.pay(22_000, "2026-09-03")
    assert world.sums == (42_000, 42_000, 958_000)

    turning.turn_all(on("2026-09-10"))
    world.spend(1, 20_500)
    world.spend(2, 25_266)
    world.spend(1, 5_000, side=PlanLine.Side.INCOME)
    world.prove("2026-09-21")
    assert world.grant.state == G.PROOF_SUBMITTED
    until = dt.date(2026, 10, 9)
    with pytest.raises(RefusedError, match="within a year"):
        proving.query(
            world.case, "Wo?", until=dt.date.max, by=world.caseworker, now=on("2026-09-25")
        )
    proving.query(
        world.case, "Wo ist der Beleg?", until=until, by=world.caseworker, now=on("2026-09-25")
    )
    world.prove("2026-09-28", reached=["Sie grüßen sich, und eine Gruppe kocht weiter."])
    assert world.grant.proof_versions.count() == 2

    settled = settling.check(world.case, {}, reason="", by=world.caseworker, now=on("2026-10-01"))
    assert (settled.need_cents, settled.unspent_cents) == (40_766, 1_234)
    assert world.grant.state == G.SETTLED
    assert FundedProject.objects.get().amount_cents == 40_766
    turning.turn_all(on("2026-10-02"))
    assert world.grant.state == G.SETTLED  # 12.34 EUR are no trifle

    reclaiming.hear(
        world.case,
        about=Hearing.About.REPAYMENT,
        reason="Der Saal war billiger.",
        answer_until=dt.date(2026, 10, 20),
        by=world.caseworker,
        now=on("2026-10-02"),
    )
    reclaiming.answer_hearing(world.case, "Das stimmt.", by=world.applicant, now=on("2026-10-05"))
    claim = reclaiming.propose_claim(
        world.case, reason="Nicht gebraucht.", by=world.caseworker, now=on("2026-10-06")
    )
    assert claim.amount_cents == 1_234
    reclaiming.order_claim(
        world.case, due_on=dt.date(2026, 11, 2), by=world.decider, now=on("2026-10-07")
    )
    assert world.sums == (42_000, 42_000, 958_000)
    reclaiming.mark_repaid(
        world.case, paid_on=dt.date(2026, 10, 20), by=world.finance, now=on("2026-10-21")
    )
    assert world.sums == (40_766, 40_766, 959_234)
    turning.turn_all(on("2026-10-22"))
    assert world.grant.state == G.CLOSED
    assert events.broken_at(world.case) is None


def test_what_was_never_paid_goes_back_when_the_proof_is_checked(ended):
    ended.spend(1, 20_500)
    ended.spend(2, 24_500)
    ended.spend(1, 5_000, side=PlanLine.Side.INCOME)
    ended.prove("2026-09-21")
    settling.check(ended.case, {}, reason="", by=ended.caseworker, now=on("2026-09-22"))

    turning.turn_all(on("2026-09-22"))
    assert ended.sums == (40_000, 40_000, 960_000)
    assert ended.grant.state == G.CLOSED


# Guards -------------------------------------------------------------------------------------------


def test_a_proof_is_not_sent_before_something_was_spent(ended):
    proving.save_report(ended.case, REPORT, revision=0, by=ended.applicant, now=on("2026-09-20"))

    with pytest.raises(proving.UnfinishedError) as refused:
        proving.submit(ended.case, key=uuid.uuid4(), by=ended.applicant, now=on("2026-09-20"))

    assert "Enter at least one receipt." in [each.message for each in refused.value.problems]


def test_more_spent_than_came_in_is_asked_about(ended):
    ended.spend(1, 20_500)
    ended.spend(2, 29_400)  # 40.000 + 0 came in
    proof = proving.save_report(
        ended.case, REPORT, revision=0, by=ended.applicant, now=on("2026-09-20")
    )

    said = " ".join(each.message for each in proof_papers.problems_of(proof))

    assert "99.00 more than came in" in said
    ended.spend(1, 9_900, side=PlanLine.Side.INCOME)
    assert not proof_papers.problems_of(proof)


def test_a_line_that_differs_much_has_to_be_explained(ended):
    ended.spend(1, 20_500)
    ended.spend(2, 15_000)
    proof = proving.save_report(
        ended.case, REPORT, revision=0, by=ended.applicant, now=on("2026-09-20")
    )

    said = [each.message for each in proof_papers.problems_of(proof)]

    assert ["more than 20 percent" in each for each in said] == [True]


def test_a_report_that_somebody_else_has_saved_is_not_overwritten(ended):
    moment = {"by": ended.applicant, "now": on("2026-09-20")}
    proving.save_report(ended.case, REPORT, revision=0, **moment)

    with pytest.raises(proving.StaleError):
        proving.save_report(ended.case, {"done": ["x"]}, revision=0, **moment)


@pytest.fixture
def proved(ended) -> World:
    ended.spend(1, 20_500)
    ended.spend(2, 24_500)
    ended.spend(1, 5_000, side=PlanLine.Side.INCOME)
    ended.prove("2026-09-21")
    return ended


def cut(world: World, cents: int = 20_000, *, by=None) -> None:
    lines = {2: settling.Recognised(cents, "Saal ohne Rechnung")}
    settling.check(
        world.case, lines, reason="Gekürzt.", by=by or world.caseworker, now=on("2026-09-22")
    )


def test_a_cut_counts_once_somebody_else_has_confirmed_it(proved):
    cut(proved)
    assert proved.grant.state == G.PROOF_SUBMITTED

    with pytest.raises(RefusedError):
        settling.confirm(proved.case, by=proved.caseworker, now=on("2026-09-23"))
    settling.confirm(proved.case, by=proved.decider, now=on("2026-09-23"))

    assert proved.grant.state == G.SETTLED
    assert turning.owed_cents(proved.grant) == 4_500


def test_a_cut_that_is_sent_back_is_checked_once_more(proved):
    cut(proved)
    settling.send_back(proved.case, "Zu viel.", by=proved.decider, now=on("2026-09-23"))

    settling.check(proved.case, {}, reason="", by=proved.caseworker, now=on("2026-09-24"))

    assert proved.grant.state == G.SETTLED
    assert turning.owed_cents(proved.grant) == 0


def test_nothing_is_paid_while_a_cut_waits_for_a_second_person(place):
    """What it comes to is reckoned with what was paid by then; the rest would go out unbooked."""
    world = partly_paid(place)
    settling.check(
        world.case,
        {2: settling.Recognised(20_000, "Saal ohne Rechnung")},
        reason="Gekürzt.",
        rest_given_up=True,
        by=world.caseworker,
        now=on("2026-09-22"),
    )
    with pytest.raises(RefusedError, match="has been checked"):
        world.pay(10_000, "2026-09-22")

    settling.confirm(world.case, by=world.decider, now=on("2026-09-23"))

    assert world.sums == (30_000, 30_000, 970_000)


@pytest.mark.parametrize(
    ("lines", "reason", "said"),
    [
        ({2: settling.Recognised(24_501)}, "", "No more is recognised"),
        ({2: settling.Recognised(24_499)}, "Gekürzt.", "each line that is cut"),
        ({2: settling.Recognised(24_499, "Rabatt")}, " ", "why something is cut"),
        ({7: settling.Recognised(1)}, "", "moved on"),
    ],
)
def test_a_check_recognises_no_more_than_was_spent_and_says_why_less(proved, lines, reason, said):
    with pytest.raises(RefusedError, match=said):
        settling.check(
            proved.case, lines, reason=reason, by=proved.caseworker, now=on("2026-09-22")
        )


def test_only_a_caseworker_checks(proved):
    for somebody in (proved.applicant, proved.decider, proved.finance):
        with pytest.raises(RefusedError):
            cut(proved, by=somebody)


def partly_paid(place) -> World:
    """The proof is in, and 100.00 EUR of the grant have not been asked for."""
    world = World(place)
    letter = world.case.letters.get()
    deliveries.post(letter, posted_on=clock.today(NOW), by=world.caseworker, now=NOW)
    granted.waive(world.case, by=world.applicant, now=NOW)
    world.pay(30_000, "2026-09-04")
    turning.turn_all(on("2026-09-10"))
    world.spend(1, 20_500)
    world.spend(2, 24_500)
    world.spend(1, 5_000, side=PlanLine.Side.INCOME)
    world.prove("2026-09-21")
    return world


def test_an_open_payout_is_finished_before_the_check(place):
    world = partly_paid(place)
    check = {"reason": "", "by": world.caseworker, "now": on("2026-09-22")}
    with pytest.raises(RefusedError, match="of the grant have not been paid"):
        settling.check(world.case, {}, **check)
    rest = instalments.Wanted(
        10_000, Payout.Mode.REIMBURSEMENT, "Amal Haddad", IBAN, spent_cents=45_000
    )
    payout = instalments.request(world.case, rest, by=world.applicant, now=on("2026-09-22"))
    with pytest.raises(RefusedError, match="payout is still open"):
        settling.check(world.case, {}, **check)
    paying.refuse(payout, "Zurückgezogen", by=world.caseworker, now=on("2026-09-22"))

    settling.check(world.case, {}, rest_given_up=True, **check)

    assert world.sums == (30_000, 30_000, 970_000)
    assert payout.__class__.objects.get(pk=payout.pk).state == PayoutState.REFUSED


def settled_with(proved: World, cents: int) -> None:
    """Settled, `cents` were paid too much."""
    cut(proved, 24_500 - cents)
    settling.confirm(proved.case, by=proved.decider, now=on("2026-09-23"))


def test_a_trifle_is_not_demanded_back_and_the_case_closes(proved):
    settled_with(proved, 1_000)

    with pytest.raises(RefusedError, match="not demanded back"):
        reclaiming.propose_claim(
            proved.case, reason="x", by=proved.caseworker, now=on("2026-09-24")
        )
    turning.turn_all(on("2026-09-24"))
    assert proved.grant.state == G.CLOSED


def test_nothing_is_demanded_back_before_the_hearing_or_by_one_person(proved):
    settled_with(proved, 1_001)
    ask = {"reason": "Gekürzt.", "by": proved.caseworker}
    with pytest.raises(RefusedError, match="heard first"):
        reclaiming.propose_claim(proved.case, **ask, now=on("2026-09-24"))
    heard = {"about": Hearing.About.REPAYMENT, "answer_until": dt.date(2026, 10, 8)}
    with pytest.raises(RefusedError, match="two weeks"):
        reclaiming.hear(proved.case, **heard, **ask, now=on("2026-09-25"))
    for_ever = heard | {"answer_until": dt.date.max}
    with pytest.raises(RefusedError, match="within a year"):
        reclaiming.hear(proved.case, **for_ever, **ask, now=on("2026-09-24"))
    reclaiming.hear(proved.case, **heard, **ask, now=on("2026-09-24"))
    with pytest.raises(RefusedError, match="heard first"):
        reclaiming.propose_claim(proved.case, **ask, now=on("2026-10-08"))
    reclaiming.propose_claim(proved.case, **ask, now=on("2026-10-09"))
    late = dt.date(2026, 11, 2)
    with pytest.raises(RefusedError):
        reclaiming.order_claim(proved.case, due_on=late, by=proved.caseworker, now=on("2026-10-09"))
    with pytest.raises(RefusedError, match="two weeks"):
        reclaiming.order_claim(
            proved.case, due_on=dt.date(2026, 10, 20), by=proved.decider, now=on("2026-10-09")
        )
    reclaiming.send_back_claim(proved.case, "Noch nicht.", by=proved.decider, now=on("2026-10-09"))
    assert proved.grant.state == G.SETTLED
    reclaiming.propose_claim(proved.case, **ask, now=on("2026-10-10"))
    with pytest.raises(RefusedError, match="within a year"):
        reclaiming.order_claim(
            proved.case, due_on=dt.date.max, by=proved.decider, now=on("2026-10-10")
        )
    letter = reclaiming.order_claim(
        proved.case, due_on=late, by=proved.decider, now=on("2026-10-10")
    )
    assert letter.kind == "repayment"
    with pytest.raises(RefusedError):
        reclaiming.mark_repaid(proved.case, paid_on=late, by=proved.decider, now=on("2026-11-03"))
    with pytest.raises(RefusedError, match="still to come"):
        reclaiming.mark_repaid(proved.case, paid_on=late, by=proved.finance, now=on("2026-11-01"))
    with pytest.raises(RefusedError, match="before the grant"):
        reclaiming.mark_repaid(
            proved.case, paid_on=dt.date.min, by=proved.finance, now=on("2026-11-03")
        )


def test_a_grant_is_revoked_after_a_hearing_and_what_was_paid_comes_back(ended):
    revoke = {"reason": "Kein Nachweis.", "by": ended.decider}
    with pytest.raises(RefusedError, match="heard first"):
        reclaiming.revoke(ended.case, **revoke, now=on("2026-11-10"))
    reclaiming.hear(
        ended.case,
        about=Hearing.About.REVOCATION,
        reason="Kein Nachweis.",
        answer_until=dt.date(2026, 11, 24),
        by=ended.caseworker,
        now=on("2026-11-10"),
    )
    with pytest.raises(RefusedError, match="heard first"):
        reclaiming.revoke(ended.case, **revoke, now=on("2026-11-24"))
    with pytest.raises(RefusedError):
        reclaiming.revoke(ended.case, reason="x", by=ended.caseworker, now=on("2026-11-25"))

    reclaiming.revoke(ended.case, **revoke, now=on("2026-11-25"))

    assert ended.grant.state == G.REVOKED
    assert not FundedProject.objects.exists()
    assert turning.owed_cents(ended.grant) == 40_000
    turning.turn_all(on("2026-11-26"))
    assert ended.grant.state == G.REVOKED
    claim = reclaiming.propose_claim(
        ended.case, reason="Widerrufen.", by=ended.caseworker, now=on("2026-11-26")
    )
    assert claim.amount_cents == 40_000
    late = dt.date(2027, 1, 4)
    reclaiming.order_claim(ended.case, due_on=late, by=ended.decider, now=on("2026-11-27"))
    reclaiming.mark_repaid(ended.case, paid_on=late, by=ended.finance, now=on("2027-01-04"))
    turning.turn_all(on("2027-01-05"))
    assert ended.grant.state == G.CLOSED
    assert ended.sums == (0, 0, 1_000_000)
    assert not FundedProject.objects.exists()


def test_no_file_is_closed_or_erased_while_somebody_waits_for_an_answer(proved):
    """Also an objection that comes late, after everything has been settled."""
    settling.check(proved.case, {}, reason="", by=proved.caseworker, now=on("2026-09-24"))
    words = {"text": "Der Bescheid ist falsch.", "received_on": dt.date(2026, 9, 25)}
    filed = objecting.file(
        proved.case.letters.get(), **words, by=proved.applicant, now=on("2026-09-25")
    )
    turning.turn_all(on("2026-09-26"))
    assert proved.grant.state == G.SETTLED

    objecting.withdraw(filed, by=proved.applicant, now=on("2026-09-27"))
    turning.turn_all(on("2026-09-28"))
    assert proved.grant.state == G.CLOSED
    assert duty_of(proved.case) is not None
    objecting.file(proved.case.letters.get(), **words, by=proved.applicant, now=on("2026-09-29"))
    assert duty_of(proved.case) is None
