"""The desk of a pool asks, confirms, cancels: what each step does, who is told, what is refused."""

import datetime as dt
import itertools

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from contacts.enquiries import erasing, following, handling
from contacts.enquiries.handling import MeanwhileError
from contacts.interpreting import assigning
from contacts.models import Assignment, Enquiry, Interpreter
from contacts.snapshot import latest
from portal.models import OutboxMessage, User
from tests import at_once, factories
from tests.contacts import desk, pools

NOW, TALK = pools.NOW, pools.TALK
State = Assignment.State


@pytest.fixture
def world(db):
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield pools.world()


@pytest.fixture
def enquiry(world) -> Enquiry:
    return pools.enquiry(world)


def ask(world, enquiry, interpreter=None, **fields) -> Assignment:
    fields = {"language": "ti", "day": TALK, "by": world.keeper, "now": NOW, **fields}
    return assigning.ask(enquiry, interpreter or world.saba, **fields)


def step(name: str, assignment: Assignment, world, now=NOW) -> Assignment:
    return getattr(assigning, name)(assignment, by=world.keeper, now=now)


def mails(recipient: str) -> list[str]:
    return list(
        OutboxMessage.objects.filter(recipient=recipient)
        .order_by("pk")
        .values_list("about", flat=True)
    )


def said(about: str) -> OutboxMessage:
    return OutboxMessage.objects.get(about__contains=about)


def test_suggested_is_who_speaks_it_the_free_first_then_who_had_the_fewest_talks(world, enquiry):
    busy = factories.interpreter(world.pool, "Abel")
    factories.interpreter(world.pool, "Zu Hause", is_active=False)
    factories.interpreter(world.pool, "Farid", languages=["fa"])
    other_day = TALK + dt.timedelta(days=2)
    done = ask(world, pools.enquiry(world, talk_on=other_day), day=other_day)
    step("confirm", done, world)
    ask(world, pools.enquiry(world), busy)

    found = assigning.suggest(enquiry, world.keeper)

    assert [(c.interpreter.name, c.is_free, c.talks) for c in found] == [
        ("Yonas Tesfay", True, 0),
        ("Saba Kidane", True, 1),
        ("Abel", False, 1),
    ]
    assert assigning.suggest(enquiry, world.richter) == []


def test_the_suggestions_cost_the_same_for_any_number(
    world, enquiry, django_assert_num_queries, django_assert_max_num_queries
):
    assigning.suggest(enquiry, world.keeper)  # which keeps what the keeper may see
    with django_assert_max_num_queries(9) as few:
        assigning.suggest(enquiry, world.keeper)
    for _n in range(5):
        ask(world, pools.enquiry(world), factories.interpreter(world.pool))
    with django_assert_num_queries(len(few)):
        assert len(assigning.suggest(enquiry, world.keeper)) == 7


def test_the_interpreter_learns_what_when_and_where_and_not_for_whom(world, enquiry):
    ask(world, enquiry)

    mail = said(":asked")
    for part in ("Tigrinya", "1. Dezember 2026", "14:30", "Borna"):
        assert part in mail.body
    for part in ("Amal", "amal@", "Elterngespräch"):
        assert part not in mail.body + mail.subject
    assert mail.reply_to == "post@example.org"
    assert mail.owner == ""
    [event] = enquiry.events.filter(kind="interpreter")
    assert event.reason == "asked"


def test_whoever_asked_hears_in_their_language_and_german_that_somebody_comes(world, enquiry):
    found = step("confirm", ask(world, enquiry), world)

    enquiry.refresh_from_db()
    assert (found.state, enquiry.state) == ("confirmed", "answered")
    mail = said(":interpreter-")
    assert "an interpreter for Tigrinya will come on 1 December 2026" in mail.body
    assert "1. Dezember 2026" in mail.body
    assert "Saba" not in mail.body
    assert mails("saba@example.org") == [
        f"assignment:{found.pk}:{n}" for n in ("asked", "confirmed")
    ]


def test_where_there_is_no_address_the_answer_is_still_owed(world):
    enquiry = pools.enquiry(world, email="", phone="0151 1")

    step("confirm", ask(world, enquiry, world.yonas), world)

    enquiry.refresh_from_db()
    assert enquiry.state == "open"
    assert not OutboxMessage.objects.exists()


def test_who_cannot_come_leaves_room_for_the_next(world, enquiry):
    first = ask(world, enquiry)
    with pytest.raises(ValidationError, match="asked for this already"):
        ask(world, enquiry, world.yonas)

    step("decline", first, world)
    second = ask(world, enquiry, world.yonas)

    assert second.state == "asked"
    assert [c.has_declined for c in assigning.suggest(enquiry, world.keeper)] == [False, True]


@pytest.mark.parametrize("name", ["decline", "cancel"])
def test_after_a_promise_the_sender_is_told_and_waits_for_an_answer_again(world, enquiry, name):
    found = step("confirm", ask(world, enquiry), world)

    step(name, found, world)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer_by) == ("open", dt.date(2026, 11, 24))
    assert "does not come on 1 December 2026" in said("no-interpreter").body
    told = f"assignment:{found.pk}:cancelled" in mails("saba@example.org")
    assert told is (name == "cancel")


def test_once_the_talk_has_taken_place_the_enquiry_is_settled(world, enquiry):
    found = step("confirm", ask(world, enquiry), world)
    with pytest.raises(ValidationError, match="not before"):
        step("done", found, world)

    step("done", found, world, now=pools.AT_THE_TALK)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.outcome) == ("closed", "helped")
    handling.reopen(enquiry, by=world.keeper, now=pools.AT_THE_TALK)
    with pytest.raises(ValidationError, match="an enquiry of its own"):
        ask(world, enquiry, world.yonas, now=pools.AT_THE_TALK)


STEPS = {"confirm": "confirmed", "decline": "declined", "done": "done", "cancel": "cancelled"}


@pytest.mark.parametrize(("state", "name"), list(itertools.product(State, STEPS)))
def test_any_other_step_than_those_of_the_table_is_refused(world, enquiry, state, name):
    found = ask(world, enquiry)
    Assignment.objects.filter(pk=found.pk).update(state=state)

    if STEPS[name] in Assignment.STEPS.get(state, ()):
        assert step(name, found, world, now=pools.AT_THE_TALK).state == STEPS[name]
    else:
        with pytest.raises(ValidationError, match="settled meanwhile"):
            step(name, found, world, now=pools.AT_THE_TALK)


def test_nonsense_is_refused_and_nothing_is_written(world, enquiry):
    other = factories.post(world.place.agency)
    stranger = factories.interpreter(factories.pool(other), "Fremd")
    at_home = factories.interpreter(world.pool, "Zu Hause", is_active=False)
    closed = pools.enquiry(world)
    handling.close(closed, "not-possible", by=world.keeper, now=NOW)
    elsewhere = pools.enquiry(world, post=world.place.richter)
    refused = [
        ("does not belong", (enquiry, stranger), {}),
        ("not at work", (enquiry, at_home), {}),
        ("does not speak", (enquiry, world.saba), {"language": "fa"}),
        ("is over", (enquiry, world.saba), {"day": NOW.date() - dt.timedelta(days=1)}),
        ("within a year", (enquiry, world.saba), {"day": dt.date(9999, 1, 1)}),
        ("no such|does not lie", (desk.enquiry(world.post), world.saba), {}),
        ("closed", (closed, world.saba), {}),
        ("does not lie", (elsewhere, world.saba), {"by": world.admin}),
        ("another desk", (elsewhere, world.saba), {}),
        ("another desk", (enquiry, world.saba), {"by": world.richter}),
    ]

    for text, arguments, fields in refused:
        with pytest.raises(ValidationError, match=text):
            ask(world, *arguments, **fields)
    with pytest.raises(MeanwhileError):
        ask(world, enquiry, seen="open-9-9")
    assert not Assignment.objects.exists()
    assert not OutboxMessage.objects.filter(about__startswith="assignment").exists()


# What ends the enquiry ----------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["close", "withdraw", "erase"])
def test_whatever_ends_an_enquiry_cancels_the_interpreter_and_tells_them(world, enquiry, end):
    found = step("confirm", ask(world, enquiry), world)

    if end == "close":
        handling.close(enquiry, "not-possible", by=world.keeper, now=NOW)
    elif end == "withdraw":
        following.withdraw(enquiry, by=None, now=NOW)
    else:
        erasing.erase(enquiry, outcome="withdrawn", now=NOW)

    found.refresh_from_db()
    assert (found.state, found.settled_at) == ("cancelled", NOW)
    assert f"assignment:{found.pk}:cancelled" in mails("saba@example.org")
    told = OutboxMessage.objects.filter(about__contains="no-interpreter").count()
    assert told == (end == "close")


def test_a_talk_of_yesterday_counts_as_held_when_the_enquiry_ends_without_a_word(world, enquiry):
    found = step("confirm", ask(world, enquiry), world)
    before = OutboxMessage.objects.count()

    handling.close(enquiry, "no-reply", by=world.keeper, now=NOW + dt.timedelta(days=30))

    found.refresh_from_db()
    assert found.state == "done"
    assert OutboxMessage.objects.count() == before


def test_it_stays_at_the_desk_while_somebody_is_asked(world, enquiry):
    found = ask(world, enquiry)
    options = {"snapshot": latest(), "by": world.keeper, "now": NOW}
    key = f"post-{world.place.richter.pk}"
    with pytest.raises(ValidationError, match="Cancel that first"):
        handling.hand_on(enquiry, key, "Grimma", **options)

    step("cancel", found, world)
    handling.hand_on(enquiry, key, "Grimma", **options)

    enquiry.refresh_from_db()
    assert enquiry.assigned_post == world.place.richter
    with pytest.raises(ValidationError):
        ask(world, enquiry)


def test_an_enquiry_is_kept_until_the_talk_that_is_far_away(world):
    far = TALK + dt.timedelta(days=200)
    enquiry = pools.enquiry(world, talk_on=far)
    step("confirm", ask(world, enquiry, day=far), world)

    before, after = far + dt.timedelta(days=60), far + dt.timedelta(days=120)
    assert list(erasing.due(before)) == []
    assert list(erasing.due(after)) == [enquiry]


# At once ------------------------------------------------------------------------------------------


def prepare() -> list[int]:
    world = pools.world()
    row = pools.enquiry(world)
    return [row.pk, world.saba.pk, world.yonas.pk, world.keeper.pk, world.admin.pk]


def ask_at_once(ready, row: int, who: int, by: int) -> str:
    arguments = Enquiry.objects.get(pk=row), Interpreter.objects.get(pk=who)
    user = User.objects.get(pk=by)
    ready()
    try:
        assigning.ask(*arguments, language="ti", day=TALK, by=user, now=NOW)
    except ValidationError as refused:
        return "refused" if refused.messages else "?"
    return "asked"


def ask_alone(row: int, who: int, by: int) -> int:
    ask_at_once(lambda: None, row, who, by)
    return Assignment.objects.get().pk


def end_at_once(ready, what: str, pk: int, by: int) -> str:
    found = Assignment.objects.select_related("enquiry").get(pk=pk)
    user = User.objects.get(pk=by)
    ready()
    try:
        if what == "withdraw":
            following.withdraw(found.enquiry, by=None, now=NOW)
        else:
            getattr(assigning, what)(found, by=user, now=NOW)
    except ValidationError:
        return "refused"
    return "done"


def counted() -> list:
    abouts = OutboxMessage.objects.filter(recipient="saba@example.org")
    states = list(Assignment.objects.values_list("state", flat=True))
    return [
        states,
        sorted(about.split(":")[-1] for about in abouts.values_list("about", flat=True)),
    ]


@pytest.fixture
def run(migrated_database, tmp_path):
    """Processes at a database of their own."""
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


def test_of_two_who_ask_at_once_one_asks(run):
    row, saba, yonas, keeper, admin = run.alone(prepare)

    answers = run.together(ask_at_once, [[row, saba, keeper], [row, yonas, admin]])

    assert sorted(answers) == ["asked", "refused"]
    assert run.alone(counted)[0] == ["asked"]


def test_who_confirms_while_the_sender_withdraws_ends_with_nobody_coming(run):
    row, saba, _yonas, keeper, _admin = run.alone(prepare)
    pk = run.alone(ask_alone, row, saba, keeper)

    run.together(end_at_once, [["confirm", pk, keeper], ["withdraw", pk, keeper]])

    states, told = run.alone(counted)
    assert states == ["cancelled"]
    assert "cancelled" in told
