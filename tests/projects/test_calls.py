"""Calls: every step that may be taken and no other, the clock, permits, and who is told what."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.roles import Role
from portal.models import OutboxMessage
from projects import call_mails, calls, rule_versions
from projects.models import Call, CallNotice, RuleSet
from projects.rules import rules_of
from projects.states import CALL_STEPS, Actor, CallState, actors_of
from projects.terms import ApplicantType, CostKind, DeclarationKey, MeasureKind
from tests import factories
from tests.projects import factories as funding
from tests.projects.factories import CLOSES, NOW, OPENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)
REASONS = {"de": "Erst die Hälfte des Geldes ist da.", "en": "Half of the money is missing."}


@pytest.fixture
def world():
    """An agency with one open call, and its administrator."""
    call = funding.call(english="Microprojects 2026")
    return call, funding.staff(call.programme.agency)


def reread(call: Call) -> Call:
    return Call.objects.select_related("rule_set__programme__agency").get(pk=call.pk)


# Steps --------------------------------------------------------------------------------------------

VERBS = {
    CallState.DRAFT: calls.take_back,
    CallState.ANNOUNCED: calls.announce,
    CallState.PAUSED: lambda call, **who: calls.pause(call, reasons=REASONS, **who),
    CallState.OPEN: calls.resume,
}
# At an instant that leaves a call in this state: the clock has nothing to say.
UNDISTURBED = {CallState.DRAFT: OPENS - DAY, CallState.ANNOUNCED: OPENS - DAY}


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(CallState, VERBS)), ids=lambda state: state.value
)
def test_staff_take_the_steps_of_the_table_and_no_other(before, after):
    call = funding.call(state=before)
    boss = funding.staff(call.programme.agency)
    now = UNDISTURBED.get(before, NOW)

    if Actor.CASEWORKER in actors_of(CALL_STEPS, before, after):
        VERBS[after](call, by=boss, now=now)
        assert (reread(call).state, reread(call).state_since) == (after, now)
        assert call.history.first().history_user == boss
    else:
        with pytest.raises(ValidationError):
            VERBS[after](call, by=boss, now=now)
        assert (reread(call).state, reread(call).state_since) == (before, OPENS)


@pytest.mark.parametrize("before", CallState)
def test_the_clock_takes_its_own_steps_and_no_other(before):
    call = funding.call(state=before)
    seen = set()
    for now in (OPENS - SECOND, OPENS, CLOSES - SECOND, CLOSES):
        calls.turn_all(now)
        seen.add(reread(call).state)

    steps = {(s.before, s.after) for s in CALL_STEPS if Actor.SYSTEM in s.actors}
    reachable = {before}
    for _number in CallState:
        reachable |= {after for state, after in steps if state in reachable}
    assert seen == reachable


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AGENCY_ADMIN])
def test_only_administrators_of_the_agency_take_steps(world, role):
    call, _boss = world
    for by in (
        funding.staff(call.programme.agency, role),
        funding.staff(factories.agency("Fremde Stelle")),
        factories.user(is_staff=True, is_superuser=True, is_active=False),
    ):
        with pytest.raises(PermissionDenied):
            calls.pause(call, reasons=REASONS, by=by, now=NOW)
        with pytest.raises(PermissionDenied):
            rule_versions.create(
                call.programme, rule_versions.content_of(call.rule_set), by=by, now=NOW
            )
    assert reread(call).state == CallState.OPEN


def test_a_call_that_nobody_could_apply_to_is_not_announced():
    rules = funding.rule_set(ceilings={}, declarations=())
    call = funding.call(rules, state=CallState.DRAFT)
    call.translations.update(language_code="en")

    with pytest.raises(ValidationError) as refused:
        calls.announce(call, by=funding.staff(call.programme.agency), now=CLOSES)

    told = " ".join(refused.value.messages)
    assert all(word in told for word in ("closing date", "German title", "kind", "declarations"))


def test_a_call_whose_day_has_come_is_open_as_soon_as_it_is_announced():
    call = funding.call(state=CallState.DRAFT)

    calls.announce(call, by=funding.staff(call.programme.agency), now=NOW)

    assert (reread(call).state, reread(call).state_since) == (CallState.OPEN, OPENS)


# The clock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "before", "during", "after"),
    [
        (CallState.DRAFT, "draft", "draft", "draft"),
        (CallState.ANNOUNCED, "announced", "open", "closed"),
        (CallState.OPEN, "announced", "open", "closed"),
        (CallState.PAUSED, "announced", "paused", "closed"),
        (CallState.CLOSED, "closed", "closed", "closed"),
    ],
)
def test_the_state_follows_the_instants_whenever_the_job_comes(state, before, during, after):
    call = funding.call(state=state)

    instants = (OPENS - SECOND, OPENS, CLOSES - SECOND, CLOSES)
    found = [call.state_at(now) for now in instants]

    assert found == [before, during, during, after]
    assert [call.takes_applications(now) for now in instants] == [
        state in ("open", "paused") for state in found
    ]


def test_a_call_closes_to_the_second_in_both_halves_of_the_hour_that_comes_twice():
    berlin = timezone.get_default_timezone()
    first, second = (dt.datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=berlin) for fold in (0, 1))
    call = funding.call(closes_at=second)

    assert second.astimezone(dt.UTC) - first.astimezone(dt.UTC) == dt.timedelta(hours=1)
    call = reread(call)
    assert call.takes_applications(first.astimezone(dt.UTC))
    assert call.takes_applications(second.astimezone(dt.UTC) - SECOND)
    assert not call.takes_applications(second.astimezone(dt.UTC))


def test_the_job_opens_and_closes_and_says_how_much_it_has_done():
    call = funding.call(state=CallState.ANNOUNCED)

    assert call_mails.run(OPENS + DAY) == "1 calls, 0 mails"
    assert (reread(call).state, reread(call).state_since) == (CallState.OPEN, OPENS)
    assert call_mails.run(OPENS + DAY) == ""
    assert call_mails.run(CLOSES + DAY) == "1 calls, 0 mails"
    assert (reread(call).state, reread(call).state_since) == (CallState.CLOSED, CLOSES)


def test_a_job_that_was_away_for_a_year_opens_and_closes_at_once():
    call = funding.call(state=CallState.ANNOUNCED)

    calls.turn_all(CLOSES + DAY)

    assert reread(call).state == CallState.CLOSED
    assert [row.state for row in call.history.order_by("history_id")] == [
        "announced",
        "open",
        "closed",
    ]


# Pausing ------------------------------------------------------------------------------------------


def test_a_pause_needs_a_reason_in_german_and_keeps_it_in_every_language(world):
    call, boss = world
    with pytest.raises(ValidationError, match="at least in German"):
        calls.pause(call, reasons={"en": "Money.", "de": " "}, by=boss, now=NOW)

    calls.pause(call, reasons=REASONS, by=boss, now=NOW)

    reasons = {text.language_code: text.pause_reason for text in call.translations.all()}
    assert reasons == REASONS
    assert reread(call).takes_applications(NOW)


def test_a_resumed_call_has_no_reason_left_and_what_came_meanwhile_waits_no_longer(world):
    call, boss = world
    waiting = funding.draft(call, hold=True)
    calls.pause(call, reasons=REASONS, by=boss, now=NOW)

    calls.resume(call, by=boss, now=NOW + DAY)

    assert {text.pause_reason for text in call.translations.all()} == {""}
    waiting.refresh_from_db()
    assert not waiting.hold


# Who is told --------------------------------------------------------------------------------------


@pytest.fixture
def owners(world):
    """A German draft, an English one in its preliminary check, and others that are told nothing."""
    call, _boss = world
    german, english = factories.user("amal@example.org"), factories.user("ben@example.org")
    funding.draft(call, german)
    funding.draft(call, english, state="precheck", language="en", reference="MP-7K3F-9XQ4")
    funding.draft(call)  # entered by the office
    funding.draft(call, factories.user(), state="withdrawn")
    later = funding.call(call.rule_set, closes_at=CLOSES + 30 * DAY)
    funding.draft(later, factories.user())
    return call


def told() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.order_by("pk"))


def test_those_who_have_begun_are_told_once_in_their_language_and_in_german(world, owners):
    call, boss = world
    calls.pause(call, reasons=REASONS, by=boss, now=NOW)

    call_mails.run(NOW)
    call_mails.run(NOW + DAY)

    to_amal, to_ben = told()
    assert (to_amal.recipient, to_ben.recipient) == ("amal@example.org", "ben@example.org")
    assert to_amal.body.count("Erst die Hälfte") == 1
    assert "Half of the money" not in to_amal.body
    assert to_ben.subject == "Paused: Microprojects 2026"
    first, second = to_ben.body.split("---")
    assert "Half of the money is missing." in first
    assert "Erst die Hälfte des Geldes ist da." in second
    assert "MP-7K3F-9XQ4" in first
    assert "amal" not in to_amal.subject + to_amal.about
    assert to_ben.reply_to == "mikroprojekte@example.org"
    assert to_ben.not_after == CLOSES


def test_the_second_pause_is_told_again_and_so_is_that_it_goes_on(world, owners):
    call, boss = world
    for number in range(2):
        calls.pause(call, reasons=REASONS, by=boss, now=NOW + number * DAY)
        call_mails.run(NOW + number * DAY)
        calls.resume(call, by=boss, now=NOW + number * DAY + SECOND)
        call_mails.run(NOW + number * DAY + SECOND)

    assert len(told()) == 2 * 4
    assert len({message.about for message in told()}) == 8


def test_nobody_hears_of_a_pause_that_was_over_before_the_mails_were_written(world, owners):
    call, boss = world
    calls.pause(call, reasons=REASONS, by=boss, now=NOW)
    calls.resume(call, by=boss, now=NOW + SECOND)

    call_mails.run(NOW + DAY)

    assert {message.about.split(":")[2].split("-")[0] for message in told()} == {"resumed"}


def test_seven_days_before_the_end_those_who_have_begun_are_reminded(owners):
    week = CLOSES - dt.timedelta(days=7)

    call_mails.run(week - SECOND)
    assert told() == []
    call_mails.run(week)
    call_mails.run(week + DAY)

    assert [message.recipient for message in told()] == ["amal@example.org", "ben@example.org"]
    assert "2 November 2026" in told()[1].body  # the last day, not the midnight after it


def test_after_the_end_nobody_is_told_what_is_of_no_use_any_more(world, owners):
    call, boss = world
    calls.pause(call, reasons=REASONS, by=boss, now=NOW)

    assert call_mails.run(CLOSES + DAY) == "1 calls, 0 mails"
    assert told() == []
    assert not CallNotice.objects.filter(done_at=None, call=call).exists()


def test_the_job_writes_nothing_while_there_is_nothing_to_do(world, django_assert_num_queries):
    with django_assert_num_queries(2):  # the calls, and the notices
        call_mails.run(NOW)


def test_more_drafts_than_a_batch_are_all_told(world, monkeypatch):
    monkeypatch.setattr(call_mails, "BATCH", 2)
    call, boss = world
    for _number in range(5):
        funding.draft(call, factories.user())
    calls.pause(call, reasons=REASONS, by=boss, now=NOW)

    assert call_mails.run(NOW) == "0 calls, 5 mails"
    assert len(told()) == 5
    assert not CallNotice.objects.filter(done_at=None).exists()


# Late permits -------------------------------------------------------------------------------------


def test_a_late_permit_holds_until_its_instant_and_is_in_the_file_of_the_case(world):
    call, _boss = world
    application = funding.draft(call, factories.user())
    clerk = funding.staff(call.programme.agency, Role.CASEWORKER)
    later = CLOSES + DAY

    permit = calls.grant_late(
        application, until=later, reason="Stromausfall", by=clerk, now=CLOSES + SECOND
    )
    calls.grant_late(
        application, until=later + DAY, reason="Noch einmal", by=clerk, now=CLOSES + SECOND
    )

    permit.refresh_from_db()
    assert (permit.until, permit.reason, permit.granted_by) == (later + DAY, "Noch einmal", clerk)
    events = application.events.order_by("number")
    assert [event.kind for event in events] == ["late-permit", "late-permit"]
    assert "Stromausfall" not in str(events[0].data)


def test_a_late_permit_is_refused_to_strangers_for_what_is_sent_and_without_a_reason(world):
    call, _boss = world
    clerk = funding.staff(call.programme.agency, Role.CASEWORKER)
    late = {"until": CLOSES + DAY, "reason": "Stromausfall", "now": CLOSES}
    open_one = funding.draft(call)
    withdrawn = funding.draft(call, state="withdrawn")

    for by in (
        funding.staff(call.programme.agency, Role.EDITOR),
        funding.staff(factories.agency("Fremde Stelle"), Role.CASEWORKER),
    ):
        with pytest.raises(PermissionDenied):
            calls.grant_late(open_one, by=by, **late)
    for application, changed in (
        (withdrawn, {}),
        (open_one, {"until": CLOSES}),
        (open_one, {"reason": " "}),
    ):
        with pytest.raises(ValidationError):
            calls.grant_late(application, by=clerk, **(late | changed))


# Rules --------------------------------------------------------------------------------------------


def test_the_rules_are_read_as_one_value(django_assert_num_queries):
    rule_set = funding.rule_set(own_share_percent=10, partner_types=["municipal"])

    rules = rules_of(rule_set.pk)

    assert rules.ceilings[MeasureKind.LANGUAGE_COURSE] == 1_000_00
    assert rules.highest == 5_000_00
    assert rules.cost_ceilings == {
        CostKind.FEES: None,
        CostKind.MATERIAL: None,
        CostKind.RENT: 1_000_00,
    }
    assert rules.partner_types == {ApplicantType.MUNICIPAL}
    assert rules.required_declarations == {DeclarationKey.TRUE, DeclarationKey.PRIVACY}
    assert str(rules.declarations[DeclarationKey.TRUE]) == "I declare: true."
    assert list(rules.declarations) == [DeclarationKey.TRUE, DeclarationKey.PRIVACY]
    with pytest.raises(KeyError):
        rules_of(rule_set.pk + 1000)


def changed(rule_set: RuleSet, **fields) -> rule_versions.RuleContent:
    content = rule_versions.content_of(rule_set)
    return rule_versions.RuleContent(
        {**content.fields, **fields},
        content.ceilings,
        content.cost_ceilings,
        content.declarations,
    )


def test_rules_that_a_call_names_stay_and_a_change_makes_the_next_version(world):
    call, boss = world
    old = call.rule_set
    before = rule_versions.content_of(old)

    new = rule_versions.save(
        old, changed(old, minimum_cents=250_00), by=boss, now=NOW, note="Mindestens 250 Euro"
    )

    assert (new.version, new.note, new.created_by) == (2, "Mindestens 250 Euro", boss)
    assert rule_versions.content_of(RuleSet.objects.get(pk=old.pk)) == before
    assert rules_of(new.pk).minimum_cents == 250_00
    assert rules_of(new.pk).declarations.keys() == rules_of(old.pk).declarations.keys()
    assert reread(call).rule_set_id == old.pk


def test_rules_that_nobody_relies_on_are_changed_in_place():
    old = funding.rule_set()
    boss = funding.staff(old.programme.agency)

    new = rule_versions.save(old, changed(old, proof_weeks=6), by=boss, now=NOW, note="")

    assert new.pk == old.pk
    assert RuleSet.objects.get().proof_weeks == 6
    assert len(rules_of(old.pk).ceilings) == 3


def test_nothing_changed_makes_no_version_and_an_old_version_is_not_changed(world):
    call, boss = world
    old = call.rule_set
    same = rule_versions.save(old, changed(old), by=boss, now=NOW, note="Nur ein Wort dazu")
    assert (same.pk, same.note) == (old.pk, "Nur ein Wort dazu")
    rule_versions.save(old, changed(old, proof_weeks=6), by=boss, now=NOW)

    with pytest.raises(ValidationError, match="newer version"):
        rule_versions.save(old, changed(old, proof_weeks=4), by=boss, now=NOW)

    assert RuleSet.objects.count() == 2


def test_a_call_takes_newer_rules_until_it_opens(world):
    call, boss = world
    new = rule_versions.save(call.rule_set, changed(call.rule_set, proof_weeks=6), by=boss, now=NOW)
    coming = funding.call(call.rule_set, state=CallState.ANNOUNCED, opens_at=NOW + DAY)

    calls.use_rules(coming, new, by=boss, now=NOW)

    assert reread(coming).rule_set_id == new.pk
    with pytest.raises(ValidationError, match="promised"):
        calls.use_rules(call, new, by=boss, now=NOW)
    with pytest.raises(ValidationError, match="another programme"):
        calls.use_rules(
            coming, funding.rule_set(funding.programme(call.programme.agency)), by=boss, now=NOW
        )
