"""Learning without spying: what is counted, what is kept, and what never is."""

import datetime as dt
import os
import threading

import pytest
from django.db import connection
from django.test import Client

from contacts import learning
from contacts.models import LookUpCount, MissedInput, PlaceName
from contacts.resolver import look_up
from contacts.snapshot import latest
from tests import factories
from tests.contacts.county import county

MONDAY = dt.date(2026, 11, 23)
NEXT_MONDAY = dt.date(2026, 11, 30)


@pytest.fixture
def place(db):
    learning._ledger.take()
    yield county()
    learning._ledger.take()


def note(text: str, *, on: dt.date = MONDAY, times: int = 1, topic=None) -> None:
    held = latest()
    for _time in range(times):
        learning.note(look_up(text, topic, on=on, snapshot=held), on=on)


def test_look_ups_are_counted_per_day_outcome_and_town(place):
    note("Nerchau", times=2)
    note("Grimma")
    note("Borna", on=NEXT_MONDAY)
    learning.flush()
    note("Grimma")
    learning.flush()
    counted = LookUpCount.objects.values_list("day", "outcome", "municipality", "number")
    assert sorted(counted) == [
        (MONDAY, "exact", place.grimma.pk, 4),
        (NEXT_MONDAY, "exact", place.borna.pk, 1),
    ]


def test_noting_asks_the_database_nothing(place, django_assert_num_queries):
    found = look_up("Grimma", on=MONDAY, snapshot=latest())
    missed = look_up("Qqqqq", on=MONDAY, snapshot=latest())
    with django_assert_num_queries(0):
        learning.note(found, on=MONDAY)
        learning.note(missed, on=MONDAY)


def test_a_missed_input_shows_its_text_from_the_third_time_in_a_week(place):
    note("Wurzelbach", times=2)
    learning.flush()
    assert MissedInput.objects.get().text == ""
    note("wurzel-bach")
    learning.flush()
    missed = MissedInput.objects.get()
    assert (missed.text, missed.number, missed.week) == ("wurzel-bach", 3, "2026-W48")
    assert "wurzel" not in missed.digest


def test_a_new_week_begins_to_count_anew_and_forgets_what_stayed_rare(place):
    note("Wurzelbach", times=2)
    learning.flush()
    old = MissedInput.objects.get().digest
    note("Wurzelbach", on=NEXT_MONDAY)
    learning.flush()
    missed = MissedInput.objects.get()
    assert (missed.week, missed.number, missed.text) == ("2026-W49", 1, "")
    assert missed.digest != old


@pytest.mark.parametrize(
    "text",
    [
        "Ich suche Hilfe bei der Wohnung",
        "0176 1234567",
        "anna@example.org",
        "Anna Beispiel 1987",
        "Q" * 41,
        "eins zwei drei vier fünf",
        "<script>",
    ],
)
def test_what_is_no_name_is_counted_but_never_kept(place, text):
    note(text, times=5)
    learning.flush()
    assert not MissedInput.objects.exclude(text="").exists()
    assert sum(LookUpCount.objects.values_list("number", flat=True)) == 5


@pytest.mark.parametrize("text", ["Wurzelbach", "Bad Wurzelbach", "Groß-Wurzelbäch", "Бельцы"])
def test_names_look_like_names(text):
    assert learning.looks_like_a_name(text)


def test_only_so_many_different_inputs_are_held_in_memory(place, monkeypatch):
    monkeypatch.setattr(learning, "MOST_MISSES", 2)
    for text in ("Qqqaa", "Qqqbb", "Qqqcc", "Qqqaa"):
        note(text)
    learning.flush()
    assert sorted(MissedInput.objects.values_list("number", flat=True)) == [1, 2]


def test_a_similar_name_is_a_miss_too_and_becomes_an_alias(place):
    note("Grima", times=3)
    learning.flush()
    missed = MissedInput.objects.get()
    learning.make_alias(missed, place.grimma, by=factories.user(name="Eva"), on=MONDAY)
    name = PlaceName.objects.get(text="Grima")
    assert (name.area, name.noted_on) == (place.grimma, MONDAY)
    assert not MissedInput.objects.exists()
    assert look_up("Grima", on=MONDAY, snapshot=latest()).outcome.value == "exact"


def test_a_town_that_is_gone_by_the_flush_costs_nothing_but_its_count(place):
    extra = factories.municipality("Kurzlebig", place.district)
    note("Kurzlebig")
    extra.names.all().delete()
    extra.delete()
    note("Grimma")
    learning.flush()
    assert LookUpCount.objects.filter(municipality=place.grimma).count() == 1


def test_a_page_counts_get_but_not_head(place):
    client = Client()
    client.get("/de/zustaendig/", {"ort": "Grimma"})
    client.head("/de/zustaendig/", {"ort": "Grimma"})
    learning.flush()
    assert [row.number for row in LookUpCount.objects.all()] == [1]


@pytest.mark.django_db(transaction=True)
def test_processes_that_flush_at_once_lose_nothing():
    place = county()
    found = look_up("Grimma", on=MONDAY, snapshot=latest())
    start = threading.Barrier(4)

    def work() -> None:
        ledger = learning.Ledger()
        ledger.add((MONDAY, found.outcome.value, place.grimma.pk, None))
        start.wait()
        learning.write(ledger.take())
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LookUpCount.objects.get().number == 4


def test_a_forked_child_does_not_count_what_its_parent_has_noted(place):
    note("Grimma")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover (runs in the child)
        os.write(writing, str(len(learning._ledger.take().look_ups)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"0"
    assert len(learning._ledger.take().look_ups) == 1
