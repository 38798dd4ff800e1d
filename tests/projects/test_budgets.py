"""Budgets: the ledger adds up, refuses what is not there, and is shown over the year."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from projects import budget, budget_year, charts, workflow
from projects.models import Application, Budget, LedgerEntry
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
Kind = LedgerEntry.Kind
NOW = cases.NOW


@pytest.fixture
def boss(place):
    return funding.staff(place.agency, Role.AGENCY_ADMIN)


@pytest.fixture
def pot(place, boss) -> Budget:
    return budget.open_budget(funding.programme(place.agency), 2026, by=boss)


def book(pot, kind, cents, **fields) -> LedgerEntry:
    return budget.book(pot, kind, cents, by=None, now=fields.pop("now", NOW), **fields)


# The ledger ---------------------------------------------------------------------------------------


def test_free_is_released_minus_blocked_minus_commitments_plus_what_ends(pot):
    book(pot, Kind.ALLOCATION, 500_000)
    for kind, cents, free in (
        (Kind.RELEASE, 100_000, 100_000),
        (Kind.BLOCK, 10_000, 90_000),
        (Kind.RESERVATION, 40_000, 90_000),
        (Kind.COMMITMENT, 50_001, 39_999),
        (Kind.PAYOUT, 50_000, 39_999),
        (Kind.REPAYMENT, 1_234, 39_999),
        (Kind.DECOMMITMENT, 1_235, 41_234),
        (Kind.BLOCK, -10_000, 51_234),
    ):
        assert book(pot, kind, cents).free_after == free
    assert budget.sums_of(pot) == budget.Sums(
        allocated=500_000,
        released=100_000,
        blocked=0,
        reserved=40_000,
        committed=48_766,
        paid=48_766,
    )
    row = budget.with_sums(Budget.objects.all()).get()
    assert budget.sums_of_row(row) == budget.sums_of(pot)
    assert list(pot.entries.values_list("number", flat=True)) == list(range(1, 10))


def test_not_a_cent_is_committed_that_is_not_free(pot):
    book(pot, Kind.RELEASE, 10_000)
    with pytest.raises(budget.NoMoneyError, match=r"€100\.00 are free, €100\.01 are needed"):
        book(pot, Kind.COMMITMENT, 10_001)

    assert book(pot, Kind.COMMITMENT, 10_000).free_after == 0


def test_the_database_refuses_a_commitment_below_nothing_and_rows_stay_as_they_are(pot):
    entry = book(pot, Kind.RELEASE, 10_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            budget=pot, number=2, kind=Kind.COMMITMENT, cents=1, free_after=-1, booked_at=NOW
        )
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        LedgerEntry.objects.update(cents=1)
    with pytest.raises(TypeError):
        LedgerEntry.objects.all().delete()


def test_released_money_can_fall_below_the_commitments_and_then_nothing_is_committed(pot, boss):
    book(pot, Kind.RELEASE, 10_000)
    book(pot, Kind.COMMITMENT, 9_000)

    entry = budget.enter(pot, Kind.RELEASE, -5_000, note="Kürzung", by=boss, now=NOW)

    assert entry.free_after == -4_000
    with pytest.raises(budget.NoMoneyError):
        book(pot, Kind.COMMITMENT, 1)


def test_nothing_falls_below_nothing_and_nothing_is_booked_without_a_reason(pot, boss):
    enter = {"by": boss, "now": NOW}
    with pytest.raises(budget.ValidationError, match="more than there is"):
        budget.enter(pot, Kind.RELEASE, -1, note="x", **enter)
    with pytest.raises(budget.ValidationError, match="Say why"):
        budget.enter(pot, Kind.RELEASE, 1, note=" ", **enter)
    with pytest.raises(budget.ValidationError, match="other than 0"):
        budget.enter(pot, Kind.RELEASE, 0, note="x", **enter)
    with pytest.raises(budget.ValidationError, match="Choose what"):
        budget.enter(pot, Kind.COMMITMENT, 1, note="x", **enter)


def test_what_was_typed_wrong_is_booked_back(pot, boss):
    wrong = budget.enter(pot, Kind.RELEASE, 100_000, note="Tippfehler", by=boss, now=NOW)

    back = budget.correct(wrong, note="eine Null zu viel", by=boss, now=NOW)

    assert (back.cents, back.corrects, back.free_after) == (-100_000, "release", 0)
    assert budget.sums_of(pot).released == 0
    for cents in (100_000, 100_000):  # the same amount, and another row
        budget.enter(pot, Kind.RELEASE, cents, note="neu", by=boss, now=NOW)
    with pytest.raises(budget.ValidationError, match="booked back already"):
        budget.correct(wrong, note="noch einmal geklickt", by=boss, now=NOW)
    assert budget.sums_of(pot).released == 200_000
    last = pot.entries.order_by("number").last()
    budget.correct(last, note="1", by=boss, now=NOW)
    commitment = book(pot, Kind.RESERVATION, 5)
    with pytest.raises(budget.ValidationError, match="entered by hand"):
        budget.correct(commitment, note="x", by=boss, now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AGENCY_ADMIN])
def test_only_the_administration_of_the_agency_books_by_hand(place, pot, role):
    by = funding.staff(place.agency, role)
    with pytest.raises(budget.PermissionDenied):
        budget.enter(pot, Kind.RELEASE, 1, note="x", by=by, now=NOW)
    with pytest.raises(budget.PermissionDenied):
        budget.open_budget(pot.programme, 2027, by=by)


# Over the year ------------------------------------------------------------------------------------


def test_each_month_ends_with_its_sums(pot):
    book(pot, Kind.RELEASE, 10_000, now=dt.datetime(2026, 1, 31, 22, 59, tzinfo=dt.UTC))
    book(pot, Kind.COMMITMENT, 4_000, now=dt.datetime(2026, 1, 31, 23, 0, tzinfo=dt.UTC))

    months = budget_year.months_of(pot, on=dt.date(2026, 3, 5))

    assert [month.first.month for month in months] == [1, 2, 3]
    assert [(month.sums.released, month.sums.free) for month in months] == [
        (10_000, 10_000),
        (10_000, 6_000),  # eleven at night in London is midnight in Berlin
        (10_000, 6_000),
    ]


def test_the_rows_go_on_after_the_year_while_money_moves(pot):
    book(pot, Kind.RELEASE, 10_000, now=dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
    book(pot, Kind.COMMITMENT, 4_000, now=dt.datetime(2027, 2, 1, tzinfo=dt.UTC))

    months = budget_year.months_of(pot, on=dt.date(2027, 6, 1))

    assert (months[0].first, months[-1].first) == (dt.date(2025, 12, 1), dt.date(2027, 2, 1))


@pytest.mark.parametrize(
    ("span", "step"), [(0, 1), (5, 1), (6, 2), (25, 5), (26, 10), (1_000_000, 200_000)]
)
def test_a_picture_has_a_grid_of_round_numbers(span, step):
    assert charts.grid_step(span) == step


def test_a_picture_stays_within_its_frame_also_below_nothing(pot):
    chart = charts.steps([("free", "Free", [-500, 0, 1_000])], ["a", "b", "c"], words=str)

    assert [tick.label for tick in chart.ticks_y] == ["-500", "0", "500", "1000"]
    assert all(0 <= tick.at <= chart.height for tick in chart.ticks_y)
    assert charts.bars([], words=str).bars == ()


# The pages ----------------------------------------------------------------------------------------


@pytest.fixture
def client(boss) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.force_login(boss)
    return found


@pytest.fixture(autouse=True)
def _on_a_morning_in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def address(pot: Budget, name: str = "change", *more) -> str:
    return reverse(f"admin:projects_budget_{name}", args=[pot.pk, *more])


def test_a_budget_is_opened_filled_and_corrected_on_its_page(place, client):
    programme = funding.programme(place.agency)
    fields = {"programme": programme.pk, "year": "2026"}
    page = client.post(reverse("admin:projects_budget_open"), fields, follow=True)
    pot = Budget.objects.get()
    assert page.redirect_chain[-1][0] == address(pot)

    typed = {"kind": "release", "direction": "1", "amount": "12.345,67", "note": "Bescheid"}
    page = client.post(address(pot, "enter"), typed, follow=True)
    assert "€12,345.67" in page.text
    assert "<svg" in page.text
    page = client.post(address(pot, "correct", 1), {"note": "falsches Jahr"}, follow=True)
    assert budget.sums_of(pot).released == 0
    assert "No. 1: falsches Jahr" in page.text


def test_the_ledger_leads_to_no_case_that_its_reader_does_not_see(place, client):
    call = cases.open_call(place.agency)
    pot = cases.money_for(call)
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    case = cases.proposed(call, factories.user("amal@example.org"), caseworker)
    link = f"/application/{case.pk}/change/"
    desk = Client()
    desk.force_login(caseworker, backend="portal.auth.StaffBackend")
    assert link in desk.get(address(pot)).text

    Application.objects.filter(pk=case.pk).update(restricted_at=NOW)

    page = desk.get(address(pot)).text
    assert case.reference in page
    assert link not in page
    assert link in client.get(address(pot)).text  # the administration sees what is locked


def test_what_is_typed_wrong_comes_back_with_its_message(client, pot):
    typed = {"kind": "release", "direction": "-1", "amount": "1,234", "note": ""}

    page = client.post(address(pot, "enter"), typed)

    assert page.status_code == 422
    assert 'value="1,234"' in page.text
    assert "Say why." in page.text
    assert not pot.entries.exists()


def test_over_commitment_is_shown(client, pot, boss):
    book(pot, Kind.RELEASE, 10_000)
    book(pot, Kind.COMMITMENT, 9_000)
    budget.enter(pot, Kind.RELEASE, -5_000, note="Kürzung", by=boss, now=NOW)

    assert "More is committed than released: −€40.00" in client.get(address(pot)).text


def test_the_ledger_is_saved_as_csv_without_formulas(client, pot, boss):
    budget.enter(pot, Kind.RELEASE, 10_000, note="=1+1", by=boss, now=NOW)

    sheet = b"".join(client.get(address(pot, "ledger")).streaming_content).decode("utf-8-sig")

    assert ";100,00;100,00;;'=1+1;" in sheet


def test_money_that_is_released_calls_up_who_waits(place, client):
    applicant = factories.user("amal@example.org")
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    decider = funding.staff(place.agency, Role.DECIDER)
    call = cases.open_call(place.agency)
    pot = cases.money_for(call, 100)
    case = cases.proposed(call, applicant, caseworker)
    workflow.waitlist(case, by=decider, now=NOW)
    typed = {"kind": "release", "direction": "1", "amount": "1000", "note": "Bescheid"}
    client.post(address(pot, "enter"), typed)

    case.refresh_from_db()
    assert case.state == "proposed"
