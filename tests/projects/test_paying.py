"""Money of a grant: asked for, certified, ordered, paid or bounced; never more than was granted."""

import csv
import datetime as dt
import io
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contacts.models import StaffRole
from contacts.roles import Role
from portal import clock
from portal.models import OutboxMessage, User
from projects import account_links, events, iban, payment_lists
from projects.models import Application, Call, Grant, LedgerEntry, Objection, Payout, RuleSet
from projects.standing import PAYING
from projects.states import PAYOUT_STEPS, GrantState, PayoutState, actors_of
from projects.terms import Channel
from projects.workflow import RefusedError, instalments, moving, paying
from tests import at_once, factories
from tests.contacts.county import county
from tests.projects import factories as funding
from tests.projects import grants
from tests.projects.grants import IBAN, NOW, ON, OTHER_IBAN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
P = PayoutState
DAY = dt.timedelta(days=1)
# What the procedure says, apart from the code. The clock refuses what is open as a grant ends.
ALLOWED = {
    (P.REQUESTED, P.CERTIFIED): {"caseworker"},
    (P.CERTIFIED, P.ORDERED): {"decider"},
    (P.ORDERED, P.EXPORTED): {"finance"},
    (P.EXPORTED, P.PAID): {"finance"},
    (P.EXPORTED, P.BOUNCED): {"finance"},
    (P.BOUNCED, P.CERTIFIED): {"caseworker"},
    (P.REQUESTED, P.REFUSED): {"caseworker", "system"},
    (P.CERTIFIED, P.REFUSED): {"caseworker", "decider", "system"},
    (P.BOUNCED, P.REFUSED): {"caseworker", "system"},
}


@pytest.fixture
def world(place):
    return grants.final_in(place.agency)


def mails(name: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(about__contains=f":{name}").order_by("pk"))


# The table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), list(itertools.product(P, P)))
def test_only_the_steps_of_the_procedure_are_allowed(before, after):
    assert actors_of(PAYOUT_STEPS, before, after) == ALLOWED.get((before, after), set())


def test_every_step_is_taken_by_those_alone_whose_part_it_is(world, place):
    """Every state × every verb × everybody: the table decides, and nobody else takes a step."""
    others = set(Role) - {Role.CASEWORKER, Role.DECIDER, Role.FINANCE}
    people = {
        **world.people,
        **{str(role): funding.staff(place.agency, role) for role in others},
        "stranger": factories.user(),
        "foreign": funding.staff(factories.agency("Fremde Stelle"), Role.CASEWORKER),
        "second decider": funding.staff(place.agency, Role.DECIDER),
    }
    verbs = {
        P.CERTIFIED: lambda payout, by: paying.certify(payout, by=by, now=NOW),
        P.ORDERED: lambda payout, by: paying.order(payout, by=by, now=NOW),
        P.EXPORTED: lambda payout, by: paying.export(place.agency.pk, by=by, now=NOW),
        P.PAID: lambda payout, by: paying.mark_paid(payout, ON, by=by, now=NOW),
        P.BOUNCED: lambda payout, by: paying.mark_bounced(payout, "x", by=by, now=NOW),
        P.REFUSED: lambda payout, by: paying.refuse(payout, "x", by=by, now=NOW),
    }
    payout = world.ask()
    for before, (after, verb), (who, by) in itertools.product(P, verbs.items(), people.items()):
        Payout.objects.filter(pk=payout.pk).update(state=before, paid_on=ON)
        may = who.removeprefix("second ") in ALLOWED.get((before, after), set())
        with transaction.atomic():
            try:
                verb(Payout.objects.get(pk=payout.pk), by)
            except RefusedError:
                assert not may, (before, after, who)
            payout.refresh_from_db()
            assert payout.state == (after if may else before), (before, after, who)
            transaction.set_rollback(True)


# Asking -------------------------------------------------------------------------------------------


def test_what_is_asked_for_is_told_to_both_sides(world):
    payout = world.ask(12_345, iban=" de89 3704 0044 0532 0130 00 ", holder=" amal   haddad ")

    assert (payout.number, payout.state, payout.iban) == (1, P.REQUESTED, IBAN)
    assert not payout.is_other_account
    assert [mail.recipient for mail in mails("payout-received")] == ["amal@example.org"]
    assert "123,45" in mails("payout-received")[0].body
    assert {mail.recipient for mail in mails("office-payout")} >= {"mikroprojekte@example.org"}
    for mail in mails("payout-received") + mails("office-payout"):
        assert IBAN not in mail.body + mail.subject
        assert "Haddad" not in mail.subject
    assert events.broken_at(world.case) is None


REFUSED = (
    ({"cents": 0}, "more than nothing"),
    ({"cents": -1}, "more than nothing"),
    ({"cents": 45_001}, "€450.00 are left"),
    ({"mode": "gift"}, "Choose what the money is for"),
    ({"expected_until": None}, "until when"),
    ({"expected_until": ON - DAY}, "until when"),
    ({"expected_until": dt.date(2026, 7, 5)}, "2 months at most"),
    ({"mode": "reimbursement", "spent_cents": 9_999}, "you have spent €99.99"),
    ({"holder": "  "}, "whose account"),
    ({"holder": "Bank AG"}, "somebody else"),
    ({"iban": "DE89370400440532013001"}, "no IBAN"),
    ({"iban": "DE8937040044053201300"}, "no IBAN"),
    ({"iban": ""}, "no IBAN"),
    ({"iban": "DE89\x003704 0044 0532 0130 00"}, "no IBAN"),
    ({"iban": "9" * 10_000}, "no IBAN"),
)
JUST_WITHIN = (
    {"expected_until": dt.date(2026, 7, 4)},
    {"expected_until": ON},
    {"mode": "reimbursement", "spent_cents": 10_000, "expected_until": None},
    {"holder": "Bank AG", "holder_reason": "Vereinskonto"},
    {"iban": "DE89\u00a03704 0044-0532.0130 00"},
    {"iban": "IBAN: DE89 3704 0044 0532 0130 00"},
    {"iban": "DE٨٩٣٧٠٤٠٠٤٤٠٥٣٢٠١٣٠٠٠"},
)


def test_what_cannot_be_asked_for_is_refused_and_says_why(world):
    for fields, said in REFUSED:
        with pytest.raises(ValidationError, match=said):
            world.ask(**{"cents": 10_000} | fields)

    assert not Payout.objects.exists()


def test_what_lies_just_within_the_rules_can_be_asked_for(world):
    for fields in JUST_WITHIN:
        world.bring(world.ask(**fields), P.REFUSED)

    assert Payout.objects.count() == len(JUST_WITHIN)


def test_open_and_paid_money_never_exceeds_the_award(world):
    world.bring(world.ask(20_000), P.PAID)
    world.bring(world.ask(10_000), P.REFUSED)
    world.ask(24_999)

    with pytest.raises(RefusedError, match=r"€0\.01 are left"):
        world.ask(2)
    world.ask(1)
    with pytest.raises(RefusedError, match="the whole grant already"):
        world.ask(1)


def test_a_reimbursement_is_measured_by_all_that_was_asked_for(world):
    world.ask(10_000)
    with pytest.raises(RefusedError, match=r"asked for €150\.00"):
        world.ask(5_000, mode="reimbursement", spent_cents=14_999, expected_until=None)
    world.ask(5_000, mode="reimbursement", spent_cents=15_000, expected_until=None)


def test_money_waits_for_finality_unless_the_rules_say_otherwise(place):
    world = grants.granted_in(place.agency)
    with pytest.raises(RefusedError, match="waive the objection"):
        world.ask()

    RuleSet.objects.update(pays_after_finality=False)

    assert world.ask().state == P.REQUESTED


def objected(world) -> Objection:
    return Objection.objects.create(
        application=world.case,
        letter=world.case.letters.first(),
        received_on=ON,
        filed_at=NOW,
        changed_at=NOW,
    )


def test_while_an_objection_is_open_nothing_goes_on(world):
    ordered, certified, asked = world.ask(100), world.ask(200), world.ask(300)
    world.bring(ordered, P.ORDERED)
    world.bring(certified, P.CERTIFIED)
    objection = objected(world)

    for step in (
        lambda: world.ask(400),
        lambda: paying.certify(asked, by=world.anna, now=NOW),
        lambda: paying.order(certified, by=world.ben, now=NOW),
    ):
        with pytest.raises(RefusedError, match="open objection"):
            step()
    assert paying.export(world.case.agency_id, by=world.carla, now=NOW) == []

    Objection.objects.filter(pk=objection.pk).update(state="withdrawn")
    assert paying.export(world.case.agency_id, by=world.carla, now=NOW) == [ordered]


def test_in_other_states_of_the_grant_nothing_is_paid(world):
    payout = world.ask()
    for state in set(GrantState) - PAYING:
        Grant.objects.filter(pk=world.grant.pk).update(state=state)
        with pytest.raises(RefusedError):
            world.ask()
        with pytest.raises(RefusedError):
            paying.certify(payout, by=world.anna, now=NOW)


def test_the_call_says_until_when_money_can_be_asked_for(world):
    Call.objects.filter(pk=world.case.call_id).update(payouts_until=ON)
    last = dt.datetime(2026, 5, 4, 21, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Berlin

    assert world.ask(now=last)
    with pytest.raises(RefusedError, match="until the end of the day"):
        world.ask(now=last + dt.timedelta(seconds=1))


def test_only_whoever_works_on_the_application_asks(world, place):
    for somebody in (world.anna, world.ben, world.carla, factories.user()):
        with pytest.raises(RefusedError, match="may not"):
            world.ask(by=somebody)


def test_what_came_on_paper_is_asked_for_by_the_caseworker(world):
    Application.objects.filter(pk=world.pk).update(channel=Channel.PAPER)

    payout = world.ask(by=world.anna)
    with pytest.raises(RefusedError):
        world.ask(by=world.amal)

    assert world.case.events.last().actor == "caseworker"
    assert world.bring(payout, P.PAID).state == P.PAID


# Another account ----------------------------------------------------------------------------------


def test_another_account_is_confirmed_by_mail_before_anybody_certifies_it(world):
    world.ask(100)
    payout = world.ask(200, iban=OTHER_IBAN)
    assert payout.is_other_account
    [mail] = [mail for mail in mails("account-") if mail.recipient == "amal@example.org"]
    assert OTHER_IBAN not in mail.body
    assert "2051" in mail.body
    with pytest.raises(RefusedError, match="not been confirmed"):
        paying.certify(payout, by=world.anna, now=NOW)
    with pytest.raises(RefusedError, match="link in the mail"):
        instalments.confirm_account(payout, "x", by=world.amal, now=NOW)
    token = account_links.token_of(payout)
    for somebody in (world.anna, factories.user()):
        with pytest.raises(RefusedError, match="may not"):
            instalments.confirm_account(payout, token, by=somebody, now=NOW)

    instalments.confirm_account(payout, token, by=world.amal, now=NOW)
    instalments.confirm_account(payout, token, by=world.amal, now=NOW)

    assert len(mails("office-account")) == len(mails("office-payout")) / 2
    paying.certify(payout, by=world.anna, now=NOW)


def test_an_account_that_nobody_has_confirmed_is_not_known_the_next_time(world):
    world.ask(100)
    world.ask(100, iban=OTHER_IBAN)

    assert world.ask(100, iban=OTHER_IBAN).is_other_account
    assert not world.ask(100, iban=IBAN).is_other_account


def test_a_payout_that_was_refused_makes_no_account_known(world):
    world.bring(world.ask(100), P.REFUSED)

    assert not world.ask(100, iban=OTHER_IBAN).is_other_account
    assert world.ask(100, iban=IBAN).is_other_account


# Two people, and the cash office ------------------------------------------------------------------


def test_paid_money_is_booked_to_the_cent_and_told(world):
    before = world.sums
    payout = world.bring(world.ask(12_345), P.PAID)

    assert before == (45_000, 0, 955_000)
    assert world.sums == (45_000, 12_345, 955_000)
    assert payout.paid_on == ON
    [entry] = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.PAYOUT)
    assert (entry.cents, entry.reference) == (12_345, world.case.reference)
    [mail] = mails("payout-paid")
    assert "123,45" in mail.body
    assert events.broken_at(world.case) is None


def test_a_payment_is_not_made_before_it_was_ordered_nor_tomorrow(world):
    payout = world.bring(world.ask(), P.EXPORTED)
    for day in (ON - DAY, ON + DAY):
        with pytest.raises(RefusedError):
            paying.mark_paid(payout, day, by=world.carla, now=NOW)
    assert world.sums[1] == 0


def test_whoever_has_certified_does_not_order_whatever_roles_they_hold(world, place):
    payout = world.ask()
    StaffRole.objects.create(user=world.anna, agency=place.agency, role=Role.DECIDER)
    anna = User.objects.get(pk=world.anna.pk)
    paying.certify(payout, by=anna, now=NOW)

    with pytest.raises(RefusedError):
        paying.order(payout, by=anna, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(ordered_by=anna)


def test_a_payment_that_bounces_books_nothing_and_is_paid_to_the_right_account(world):
    payout = world.bring(world.ask(), P.BOUNCED)
    assert world.sums == (45_000, 0, 955_000)
    assert mails("payout-bounced")
    with pytest.raises(RefusedError, match="may not"):
        change(payout, by=world.anna)

    changed = change(payout, by=world.amal)
    assert changed.is_other_account
    with pytest.raises(RefusedError, match="not been confirmed"):
        paying.certify(payout, by=world.anna, now=NOW)
    change(payout, by=world.amal)  # once more the same: it is still unknown
    token = account_links.token_of(changed)
    instalments.confirm_account(payout, token, by=world.amal, now=NOW)
    later = NOW + DAY

    paid = world.bring(payout, P.PAID, now=later)

    assert (paid.iban, paid.exported_at, paid.reason) == (OTHER_IBAN, later, "")
    assert world.sums == (45_000, 10_000, 955_000)


def change(payout: Payout, *, by, number=OTHER_IBAN, holder=grants.AMAL) -> Payout:
    return instalments.change_account(payout, holder=holder, number=number, by=by, now=NOW)


def test_a_payment_that_did_not_bounce_keeps_its_account(world):
    payout = world.ask()
    with pytest.raises(RefusedError):
        change(payout, by=world.amal)


def test_a_link_for_one_account_confirms_no_other(world):
    payout = world.bring(world.ask(), P.BOUNCED)
    token = account_links.token_of(change(payout, by=world.amal))
    third = change(payout, by=world.amal, number="DE75512108001245126199")

    assert not account_links.fits(third, token)


def test_a_payment_may_bounce_for_a_reason_of_the_bank_and_go_out_again(world):
    payout = world.bring(world.ask(), P.BOUNCED)
    again = change(payout, by=world.amal, number=IBAN)

    assert not again.is_other_account
    assert world.bring(payout, P.BOUNCED).state == P.BOUNCED
    assert len([mail for mail in mails("payout-bounced") if "amal" in mail.recipient]) == 2


def test_what_is_not_paid_has_a_reason(world):
    payout = world.ask()
    with pytest.raises(RefusedError, match="Say why"):
        paying.refuse(payout, " ", by=world.anna, now=NOW)
    with pytest.raises(RefusedError, match="Say why"):
        paying.mark_bounced(world.bring(payout, P.EXPORTED), " ", by=world.carla, now=NOW)


def test_a_refusal_is_told_with_its_reason(world):
    world.bring(world.ask(), P.REFUSED)

    [mail] = mails("payout-refused")
    assert "Beleg fehlt" in mail.body


def test_the_list_for_the_cash_office_is_the_same_whenever_it_is_fetched(world):
    first = world.ask(12_345, holder='=cmd|" /C calc"!A0', holder_reason="Vereinskonto")
    world.bring(first, P.CERTIFIED)
    paying.order(first, by=world.ben, now=NOW)
    waiting = world.bring(world.ask(100), P.CERTIFIED)

    handed_over = paying.export(world.case.agency_id, by=world.carla, now=NOW)
    assert handed_over == [first]
    assert paying.export(world.case.agency_id, by=world.carla, now=NOW + DAY) == []
    [listed] = payment_lists.lists_of({world.case.agency_id})
    assert (listed.payments, listed.cents, listed.exported_at) == (1, 12_345, NOW)

    content = payment_lists.write(payment_lists.rows_of(world.case.agency_id, NOW))
    paying.mark_paid(first, ON, by=world.carla, now=NOW)
    assert payment_lists.write(payment_lists.rows_of(world.case.agency_id, NOW)) == content
    header, line = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    number, _count, holder, account, amount, currency = line[:6]
    assert (number, account) == (world.case.reference, IBAN)
    assert (amount, currency) == ("123,45", "EUR")
    assert holder.startswith("'=")  # no formula
    assert len(header) == len(line)
    assert waiting.state == P.CERTIFIED


def test_a_list_holds_what_is_ordered_in_ones_own_agency(world):
    other = grants.final_in(factories.agency("Fremde", factories.district("Landkreis Fremd")))
    for each in (world, other):
        each.bring(each.ask(), P.ORDERED)

    assert len(paying.export(world.case.agency_id, by=world.carla, now=NOW)) == 1
    with pytest.raises(RefusedError):
        paying.export(other.case.agency_id, by=world.carla, now=NOW)
    assert other.grant.payouts.get().state == P.ORDERED


# All at the same moment ---------------------------------------------------------------------------


@pytest.fixture
def run(migrated_database, tmp_path):
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


def prepare() -> int:
    return grants.final_in(county().agency).pk


def ask(ready, case: int) -> str:
    application, amal = Application.objects.get(pk=case), User.objects.get(email="amal@example.org")
    ready()
    try:
        instalments.request(application, grants.wanted(20_000), by=amal, now=NOW)
    except RefusedError as refused:
        return refused.message
    return "asked"


def pending() -> list[int]:
    return list(Payout.objects.order_by("number").values_list("number", "amount_cents"))


def test_ten_requests_at_once_do_not_exceed_the_award(run):
    case = run.alone(prepare)

    said = run.together(ask, [[case]] * 10)

    assert said.count("asked") == 2
    assert run.alone(pending) == [[1, 20_000], [2, 20_000]]


# Account numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("de89 3704 0044 0532 0130 00", IBAN),
        ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
    ],
)
def test_an_account_number_is_kept_without_blanks_and_shown_in_fours(typed, kept):
    assert iban.parse(typed) == kept
    assert iban.parse(iban.shown(kept)) == kept


def test_a_masked_number_tells_its_ends_alone():
    assert iban.masked(IBAN) == "DE89 … 3000"


def test_the_writer_of_states_refuses_a_payout_that_moved_on_meanwhile(world):
    payout = world.ask()
    Payout.objects.filter(pk=payout.pk).update(state=P.REFUSED)

    with pytest.raises(RefusedError, match="moved on"):
        moving.step(payout, PAYOUT_STEPS, P.CERTIFIED, case=world.case, by=world.anna, now=NOW)


def test_days_are_those_of_berlin(world):
    evening = dt.datetime(2026, 5, 4, 22, 30, tzinfo=dt.UTC)  # 0:30 on 5 May
    payout = world.bring(world.ask(), P.EXPORTED)

    paying.mark_paid(payout, clock.today(evening), by=world.carla, now=evening)

    assert Payout.objects.get(pk=payout.pk).paid_on == dt.date(2026, 5, 5)
