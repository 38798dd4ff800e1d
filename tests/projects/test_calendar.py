"""Days off by state, ends of days in both halves of the year, and months that are too short."""

import datetime as dt

import pytest
from django.utils.translation import override

from contacts import working_days
from contacts.models import Agency
from projects import calendar

SAXONY, ANHALT = Agency.State.SAXONY, Agency.State.SAXONY_ANHALT


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("state", "last", "worked_on"),
    [
        (SAXONY, "2026-10-31", "2026-11-02"),  # Reformation Day, and a Saturday
        (SAXONY, "2025-10-31", "2025-11-03"),  # a Friday
        (SAXONY, "2026-11-18", "2026-11-19"),  # Day of Repentance and Prayer
        (ANHALT, "2026-11-18", "2026-11-18"),  # not in Saxony-Anhalt
        (ANHALT, "2026-01-06", "2026-01-07"),  # Epiphany
        (SAXONY, "2026-01-06", "2026-01-06"),
        (SAXONY, "2026-12-25", "2026-12-28"),  # two holidays and a weekend
        (SAXONY, "2024-12-31", "2024-12-31"),
        (SAXONY, "2027-01-01", "2027-01-04"),  # the search goes on in the next year
        (ANHALT, "2027-12-31", "2027-12-31"),
    ],
)
def test_a_day_off_moves_to_the_next_working_day_of_its_state(state, last, worked_on):
    assert working_days.next_working_day(day(last), state) == day(worked_on)
    assert working_days.is_working_day(day(last), state) == (last == worked_on)


def test_a_holiday_has_a_name_and_a_saturday_has_none():
    with override("de"):
        assert working_days.holiday_name(day("2026-10-31"), SAXONY) == "Reformationstag"
        assert working_days.holiday_name(day("2026-11-18"), SAXONY) == "Buß- und Bettag"
        assert working_days.holiday_name(day("2026-11-18"), ANHALT) == ""
        assert working_days.holiday_name(day("2026-11-14"), SAXONY) == ""
    with override("en"):
        assert working_days.holiday_name(day("2026-10-31"), SAXONY) == "Reformation Day"


@pytest.mark.parametrize(
    ("last", "instant"),
    [
        ("2026-10-24", "2026-10-24T22:00:00"),  # the night before the clocks go back
        ("2026-10-25", "2026-10-25T23:00:00"),  # a day of 25 hours
        ("2026-10-31", "2026-10-31T23:00:00"),
        ("2026-03-28", "2026-03-28T23:00:00"),
        ("2026-03-29", "2026-03-29T22:00:00"),  # a day of 23 hours
        ("2026-12-31", "2026-12-31T23:00:00"),
    ],
)
def test_a_day_ends_at_midnight_by_the_clock_on_the_wall(last, instant):
    ends = calendar.end_of_day(day(last))

    assert ends.isoformat() == f"{instant}+00:00"
    assert ends == calendar.start_of_day(day(last) + dt.timedelta(days=1))
    assert calendar.last_day(ends) == day(last)


def test_both_halves_of_the_hour_that_comes_twice_lie_before_the_end_of_their_day():
    first_half = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)  # 2:30 in summer
    second_half = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)  # 2:30 again

    for instant in (first_half, second_half):
        assert calendar.last_day(instant) == day("2026-10-25")
        assert calendar.start_of_day(day("2026-10-25")) < instant
        assert instant < calendar.end_of_day(day("2026-10-25"))


def test_an_end_moves_to_another_day_at_the_same_time_by_the_clock_on_the_wall():
    sunday = calendar.end_of_day(day("2026-10-25"))  # 25 hours long
    noon = dt.datetime(2026, 10, 24, 10, 0, tzinfo=dt.UTC)  # 12:00 in summer

    assert calendar.moved_end(sunday, day("2026-10-26")) == calendar.end_of_day(day("2026-10-26"))
    assert calendar.moved_end(noon, day("2026-10-26")).isoformat() == "2026-10-26T11:00:00+00:00"


@pytest.mark.parametrize(
    ("begun", "months", "ends"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(begun, months, ends):
    assert working_days.plus_months(day(begun), months) == day(ends)


def test_the_calendar_ends_somewhere():
    with pytest.raises(ValueError, match="outside the calendar"):
        working_days.plus_months(day("9999-12-01"), 1)


# Letters ------------------------------------------------------------------------------------------

POST = "§ 41(2) VwVfG since 2025: the fourth day after posting"
FIXED = "BGH and BVerwG on § 41 VwVfG: the presumed day does not move on days off"
MONTH = "§ 70(1) VwGO, § 188(2) BGB: the day of the same number"
CLAMP = "§ 188(3) BGB: the last day of a shorter month"
MOVED = "§ 57(2) VwGO, § 222(2) ZPO: an end on a day off moves to the next working day"


@pytest.mark.parametrize(
    ("state", "posted", "announced", "until", "source"),
    [
        (SAXONY, "2026-06-01", "2026-06-05", "2026-07-06", MOVED),  # 5 July is a Sunday
        (SAXONY, "2026-06-02", "2026-06-06", "2026-07-06", FIXED),  # announced on a Saturday
        (SAXONY, "2026-06-05", "2026-06-09", "2026-07-09", MONTH),  # posted before a weekend
        (SAXONY, "2026-04-02", "2026-04-06", "2026-05-06", FIXED),  # announced on Easter Monday
        (SAXONY, "2026-03-28", "2026-04-01", "2026-05-04", MOVED),  # 1 May, a Friday
        (SAXONY, "2026-10-14", "2026-10-18", "2026-11-19", MOVED),  # Repentance and Prayer
        (ANHALT, "2026-10-14", "2026-10-18", "2026-11-18", MONTH),  # … not beyond the border
        (ANHALT, "2026-12-02", "2026-12-06", "2027-01-07", MOVED),  # Epiphany
        (SAXONY, "2026-12-02", "2026-12-06", "2027-01-06", MONTH),  # … not in Saxony
        (SAXONY, "2026-11-21", "2026-11-25", "2026-12-28", MOVED),  # Christmas, then a weekend
        (ANHALT, "2026-08-30", "2026-09-03", "2026-10-05", MOVED),  # German Unity on a Saturday
        (SAXONY, "2026-10-29", "2026-11-02", "2026-12-02", POST),  # over Reformation Day
        (SAXONY, "2025-01-27", "2025-01-31", "2025-02-28", CLAMP),
        (SAXONY, "2026-01-27", "2026-01-31", "2026-03-02", CLAMP),  # and 28 February a Saturday
        (SAXONY, "2028-01-27", "2028-01-31", "2028-02-29", CLAMP),  # a leap year
        (SAXONY, "2028-01-25", "2028-01-29", "2028-02-29", MONTH),
        (SAXONY, "2027-01-25", "2027-01-29", "2027-03-01", CLAMP),  # 28 February 2027: a Sunday
        (ANHALT, "2026-12-27", "2026-12-31", "2027-02-01", MOVED),  # over the turn of the year
    ],
)
def test_a_posted_letter_is_announced_and_becomes_final(state, posted, announced, until, source):
    announced_on = calendar.announced_by_post(dt.date.fromisoformat(posted))

    assert announced_on == dt.date.fromisoformat(announced), POST
    last = calendar.objection_until(announced_on, state)
    assert last == dt.date.fromisoformat(until), source
    assert working_days.is_working_day(last, state)
    assert calendar.final_on(announced_on, state) == last + dt.timedelta(days=1)


def test_a_letter_in_the_portal_is_announced_on_the_day_after_it_was_fetched():
    """§ 41(2a) VwVfG: also on a Sunday; ten days to fetch it."""
    assert calendar.announced_in_portal(dt.date(2026, 10, 31)) == dt.date(2026, 11, 1)
    assert calendar.last_day_to_fetch(dt.date(2026, 10, 22)) == dt.date(2026, 11, 1)
