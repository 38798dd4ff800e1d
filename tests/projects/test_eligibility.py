"""The two-minute check: which ideas fit, which want a talk, which do not, and why."""

import datetime as dt

import pytest
from django.utils.translation import override

from portal import clock, data_version
from projects import funding as snapshot
from projects.eligibility import Elsewhere, Idea, Verdict, Where, check
from projects.terms import ApplicantType, MeasureKind, StartRule
from tests.projects import factories as funding
from tests.projects.factories import CLOSES, NOW, OPENS

pytestmark = pytest.mark.django_db
TODAY = clock.today(NOW)
DAY = dt.timedelta(days=1)
LIKELY, TALK, UNLIKELY = Verdict

IDEA = {
    "applicant_type": ApplicantType.INITIATIVE,
    "measure_kind": MeasureKind.MEETING,
    "elsewhere": Elsewhere.NO,
    "starts_on": TODAY + 30 * DAY,
    "amount": 1_200_00,
}


def answer(*, where=Where.HERE, rules=None, call=None, now=NOW, **changes):
    """The check of `IDEA` with some changes, under a call with some changes."""
    limits = {"applicant_types": ["initiative", "private", "municipal"]}
    limits |= {"partner_types": ["municipal"], "minimum_cents": 250_00} | (rules or {})
    made = funding.call(funding.rule_set(**limits), **(call or {}))
    shown = snapshot.current(data_version.read()).call(made.slug)
    with override("en"):
        return check(Idea(**(IDEA | changes)), shown, where=where, now=now, on=clock.today(now))


@pytest.mark.parametrize(
    ("verdict", "words", "changes"),
    [
        (LIKELY, "", {}),
        (LIKELY, "", {"starts_on": None, "amount": None}),
        (LIKELY, "", {"amount": 5_000_00}),
        (LIKELY, "", {"amount": 250_00}),
        (LIKELY, "", {"starts_on": TODAY}),
        (LIKELY, "", {"starts_on": dt.date(2026, 12, 31)}),
        (UNLIKELY, "Registered association", {"applicant_type": ApplicantType.ASSOCIATION}),
        (TALK, "volunteer initiative that carries", {"applicant_type": ApplicantType.MUNICIPAL}),
        (UNLIKELY, "Neighbourhood festival", {"measure_kind": MeasureKind.FESTIVAL}),
        (TALK, "At most €5,000.00", {"amount": 5_000_01}),
        (TALK, "At most €1,000.00", {"measure_kind": MeasureKind.LANGUAGE_COURSE}),
        (UNLIKELY, "below €250.00", {"amount": 249_99}),
        (TALK, "has begun already", {"starts_on": TODAY - DAY}),
        (TALK, "from 1 January 2026 to 31 December 2026", {"starts_on": dt.date(2027, 1, 1)}),
        (TALK, "never paid twice", {"elsewhere": Elsewhere.YES}),
        (TALK, "Find out who else pays", {"elsewhere": Elsewhere.UNSURE}),
        (UNLIKELY, "outside of the area", {"where": Where.OUTSIDE}),
        (UNLIKELY, "does not offer this money", {"where": Where.ELSEWHERE}),
        (TALK, "which place you mean", {"where": Where.UNCLEAR}),
    ],
)
def test_an_idea_gets_the_answer_of_its_gravest_reason(verdict, words, changes):
    result = answer(**changes)

    assert result.verdict == verdict
    assert (words in " ".join(result.against)) if words else result.against == []


def test_several_reasons_are_all_told_the_graver_ones_first():
    result = answer(measure_kind=MeasureKind.FESTIVAL, elsewhere=Elsewhere.YES)

    assert result.verdict == UNLIKELY
    assert "Neighbourhood festival" in result.against[0]
    assert "never paid twice" in result.against[1]


def test_something_else_is_worth_a_talk_where_it_is_funded():
    result = answer(
        rules={"ceilings": {MeasureKind.OTHER: 500_00}}, measure_kind=MeasureKind.OTHER, amount=None
    )

    assert result.verdict == TALK


@pytest.mark.parametrize(
    ("rule", "begun", "words"),
    [
        (StartRule.AFTER_APPLICATION, TALK, "Send the application before"),
        (StartRule.AFTER_APPROVAL, UNLIKELY, "before you have the approval"),
        (StartRule.EARLY_ON_REQUEST, TALK, "written consent"),
    ],
)
def test_the_rule_on_the_start_decides_what_begun_projects_hear(rule, begun, words):
    rules = {"start_rule": rule}

    assert answer(rules=rules, starts_on=TODAY - DAY).verdict == begun
    in_time = answer(rules=rules)
    assert in_time.verdict == LIKELY
    assert words in " ".join(in_time.notes)


@pytest.mark.parametrize(
    ("call", "now", "verdict", "words"),
    [
        ({"state": "announced"}, OPENS - DAY, LIKELY, "are taken from 2 January 2026, 00:00"),
        ({"state": "announced"}, NOW, LIKELY, "Send the application"),
        ({"state": "paused"}, NOW, LIKELY, "the decision waits"),
        ({}, CLOSES, TALK, "has closed"),
    ],
)
def test_the_state_of_the_call_is_said_and_a_pause_speaks_against_nothing(
    call, now, verdict, words
):
    result = answer(call=call, now=now, starts_on=None)

    assert result.verdict == verdict
    assert words in " ".join([*result.against, *result.notes])


def test_an_own_share_is_told():
    result = answer(rules={"own_share_percent": 10})

    assert result.verdict == LIKELY
    assert "at least 10 %" in " ".join(result.notes)


@pytest.mark.parametrize(
    ("where", "verdict"),
    [
        (Where.HERE, TALK),
        (Where.UNCLEAR, TALK),
        (Where.ELSEWHERE, UNLIKELY),
        (Where.OUTSIDE, UNLIKELY),
    ],
)
def test_without_a_call_nobody_is_told_that_the_idea_fits(where, verdict):
    assert check(Idea(**IDEA), None, where=where, now=NOW, on=TODAY).verdict == verdict
