"""Limits end when they say, however many tries there were."""

import datetime as dt

import pytest
import time_machine

from portal import clock, limits

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)
MINUTES = dt.timedelta(minutes=1)


def test_a_count_lasts_an_hour_from_the_first_try_and_no_longer(rf):
    request = rf.post("/")
    with time_machine.travel(NOON, tick=False) as travelling:

        def is_within() -> bool:
            return limits.is_within(request, "note", amount=2, now=clock.now())

        assert [is_within(), is_within(), is_within()] == [True, True, False]
        for minute in (10, 30, 59):
            travelling.move_to(NOON + minute * MINUTES)
            assert not is_within()
        travelling.move_to(NOON + 60 * MINUTES)
        assert is_within()


def test_who_has_many_addresses_of_one_network_is_counted_once(rf):
    answers = [
        limits.is_within(rf.post("/", REMOTE_ADDR=address), "note", amount=1, now=NOON)
        for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1", "::ffff:192.0.2.1")
    ]

    assert answers == [True, False, True, True]


def test_who_is_named_is_counted_wherever_they_come_from(rf):
    def is_within(address: str, of: str) -> bool:
        request = rf.post("/", REMOTE_ADDR=address)
        return limits.is_within(request, "note", amount=1, now=NOON, of=of)

    assert is_within("192.0.2.1", "amal@example.org")
    assert not is_within("192.0.2.2", "amal@example.org")
    assert is_within("192.0.2.2", "badr@example.org")


def test_who_comes_from_elsewhere_has_a_count_of_their_own(rf):
    for address in ("192.0.2.1", "192.0.2.2"):
        request = rf.post("/", REMOTE_ADDR=address)
        assert limits.is_within(request, "note", amount=1, now=NOON)
        assert not limits.is_within(request, "note", amount=1, now=NOON)
