"""What the application asks of whom, how its plan adds up, and what keeps it from being sent."""

import datetime as dt

import pytest
from django.http import QueryDict

from contacts.snapshot import latest
from projects import money
from projects.answers import Answers, frozen
from projects.models import RuleSet
from projects.rules import rules_of
from projects.sections import COSTS, SCHEDULE, SECTIONS, Basis, BoundSection
from projects.sections.schedule import begins_early
from projects.terms import LEGAL_PERSONS, ApplicantType, CostKind, StartRule
from tests import factories
from tests.projects import cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ROWS = 1  # a table of lines is one question, however many lines somebody fills


def read(call, **changes) -> Answers:
    return Answers(
        cases.typed(**changes),
        rules=rules_of(call.rule_set_id),
        call=call,
        on=cases.ON,
        snapshot=latest(),
    )


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


def messages(answers: Answers) -> list[str]:
    return [problem.message for problem in answers.problems]


def plan(**changes) -> dict:
    """Costs of one line and the grant, as typed."""
    line = {"kind": ["material"], "description": ["Papier"], "quantity": [""], "price": ["450"]}
    fields = {"requested": "450", "income": [], "line": {}} | changes
    return {
        "kosten": {"costs": [line | fields["line"]]},
        "finanzierung": {"requested_cents": [fields["requested"]], "income": fields["income"]},
    }


# Who is asked what --------------------------------------------------------------------------------


def questions(answers: Answers) -> int:
    declarations = 1  # one page of boxes to tick
    return sum(
        declarations
        if section.slug == "erklaerungen"
        else len(answers.bound(section).form.fields) + ROWS * len(section.rows)
        for section in answers.sections
    )


def test_a_private_person_with_one_day_meets_at_most_twenty_questions(call):
    assert questions(read(call)) <= 20


def test_only_those_are_asked_more_whom_it_concerns(call):
    asked = {}
    for kind in ApplicantType:
        answers = read(call, vorhaben={"applicant_type": [kind]})
        names = {name for s in answers.sections for name in answers.bound(s).form.fields}
        asked[kind] = names
    assert all("representative" in asked[kind] for kind in LEGAL_PERSONS)
    assert "representative" not in asked[ApplicantType.INITIATIVE]
    assert "liable_person" in asked[ApplicantType.INITIATIVE]
    assert "is_recognised" in asked[ApplicantType.RELIGIOUS]
    assert not asked[ApplicantType.PRIVATE] & {"goal", "statutes", "deducts_vat", "legal_form"}


def test_a_course_has_questions_of_its_own(call):
    slugs = [s.slug for s in read(call, vorhaben={"measure_kind": ["language-course"]}).sections]

    assert "sprachkurs" in slugs
    assert "sprachkurs" not in [section.slug for section in read(call).sections]


def test_bodies_name_the_volunteers_with_whom_they_work(call):
    RuleSet.objects.filter(pk=call.rule_set_id).update(partner_types=["municipal"])
    answers = read(call, vorhaben={"applicant_type": ["municipal"]})

    assert "partner" in [section.slug for section in answers.sections]
    assert "Name at least one partner." in messages(answers)


def test_each_question_says_why_it_is_asked():
    """A sentence beside it, but where a postal code speaks for itself."""
    plain = {"postal_code", "town", "units_in_all"}
    silent = [
        f"{section.slug}.{name}"
        for section in SECTIONS
        for name, field in BoundSection(section, {}, basis=Basis()).form.fields.items()
        if not field.help_text and name not in plain
    ]
    assert silent == []


# Money --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [
        ("", "12,50", 1250),
        ("3", "0,10", 30),
        ("2,5", "3,33", 833),  # 8.325 → half a cent up
        ("0,333", "10", 333),
        ("0.005", "1", 1),
        ("10", "25,50", 25500),
    ],
)
def test_a_line_comes_to_quantity_times_price_to_the_cent(call, quantity, price, total):
    answers = read(call, **plan(line={"quantity": [quantity], "price": [price]}))

    assert answers.plan.costs_cents == total


@pytest.mark.parametrize("quantity", ["0", "-1", "1e3", "NaN", "viele", "1,2345", "1234567", "²"])
def test_a_quantity_that_is_none_is_refused_and_kept(call, quantity):
    bound = read(call, **plan(line={"quantity": [quantity]})).bound(COSTS)

    assert not bound.is_valid()
    assert bound.rows["costs"][0]["quantity"].value() == quantity


def test_costs_and_money_have_to_come_to_the_same_sum(call):
    short = read(call, **plan(line={"price": ["450,01"]}))
    assert short.plan.gap_cents == 1
    assert f"{money.shown(1)} are still missing." in messages(short)

    much = read(call, **plan(line={"price": ["449,99"]}))
    assert f"That is {money.shown(1)} more than it costs." in messages(much)

    assert read(call, **plan()).problems == []


def test_the_grant_stays_below_the_ceiling_of_its_kind(call):
    exactly = plan(requested="5000", line={"price": ["5000"]})
    assert read(call, **exactly).problems == []

    above = plan(requested="5000,01", line={"price": ["5000,01"]})
    assert any(money.shown(500_000) in text for text in messages(read(call, **above)))

    course = {"vorhaben": {"measure_kind": ["language-course"]}}
    above = plan(requested="1000,01", line={"price": ["1000,01"]})
    found = messages(read(call, **above, **course))
    assert any(money.shown(100_000) in text for text in found)


def test_a_kind_of_costs_has_a_ceiling_of_its_own(call):
    """Rent counts up to 1,000 euros in the example's rules."""
    rent = {"kind": ["rent"], "price": ["1200"]}
    own = {"kind": ["own"], "description": [""], "amount": ["200"]}

    over = messages(read(call, **plan(requested="1200", line=rent)))
    assert any(str(CostKind.RENT.label) in text for text in over)
    assert read(call, **plan(requested="1000", line=rent, income=[own])).problems == []


def test_own_share_and_smallest_grant_are_the_rules_business(call):
    RuleSet.objects.filter(pk=call.rule_set_id).update(own_share_percent=10, minimum_cents=50_000)
    found = messages(read(call, **plan()))

    assert any("10 percent" in text for text in found)
    assert any(money.shown(50_000) in text for text in found)


def test_what_single_lines_ask_for_sums_to_the_grant(call):
    who = {"vorhaben": {"applicant_type": ["association"]}}
    answers = read(call, **plan(line={"requested": ["400"]}), **who)
    assert answers.plan.marked_cents == 40_000
    assert any(money.shown(40_000) in text for text in messages(answers))

    over = read(call, **plan(line={"requested": ["450,01"]}), **who)
    assert "This is more than the line costs." in messages(over)


def test_public_money_names_its_office(call):
    public = {"kind": ["public"], "description": [""], "amount": ["50"]}
    answers = read(call, **plan(requested="400", income=[public]))

    assert "Name the office that gives public money." in messages(answers)


# Places and days ----------------------------------------------------------------------------------


def places(call, *typed: str) -> Answers:
    rows = [{"place": [text]} for text in typed]
    return read(call, ort_und_zeit={"places": rows})


def test_a_place_is_found_as_the_look_up_finds_it(call):
    answers = places(call, "grimma", "04668 Nerchau")

    assert [found["name"] for found in answers.places] == ["Grimma", "Grimma, Nerchau"]
    assert answers.problems == []


def test_a_place_outside_is_fine_beside_one_inside(place, call):
    factories.municipality("Oschatz", factories.district("Nordsachsen"))

    assert places(call, "Oschatz", "Borna").problems == []
    assert any("has to lie in the county" in text for text in messages(places(call, "Oschatz")))


def test_an_unknown_or_ambiguous_place_says_what_to_do(place, call):
    factories.locality("Hohnstädt", place.grimma)
    factories.locality("Hohnstädt", place.borna)

    assert any("Xyzstadt" in text for text in messages(places(call, "Xyzstadt")))
    choices = next(text for text in messages(places(call, "Hohnstädt")) if "Several" in text)
    for choice in ("Grimma OT Hohnstädt", "Borna OT Hohnstädt"):
        assert choice in choices
        assert places(call, choice).problems == []


def test_days_lie_in_their_order_and_within_the_call(call):
    wrong = read(call, ort_und_zeit={"starts_on": ["2026-09-06"], "ends_on": ["2026-09-05"]})
    assert "The last day lies before the first one." in messages(wrong)

    outside = read(call, ort_und_zeit={"ends_on": ["2027-01-01"]})
    assert any("lie between" in text for text in messages(outside))


@pytest.mark.parametrize("typed", ["5.9.2026", "05.09.26", "2026-09-05"])
def test_a_day_may_be_typed_in_german_ways(call, typed):
    answers = read(call, ort_und_zeit={"starts_on": [typed]})

    assert answers.bound(SCHEDULE).values["starts_on"] == dt.date(2026, 9, 5)


# What is typed ------------------------------------------------------------------------------------


def test_a_browser_sends_rows_with_gaps_and_they_close():
    sent = QueryDict(mutable=True)
    sent.update({"costs-0-price": " ", "costs-7-price": "5", "costs-2-price": "x"})
    sent.update({"other": "no field of ours", "costs-9999-price": "1", "csrf": "y"})

    raw = COSTS.read(sent)

    assert raw == {"costs": [{"price": ["x"]}, {"price": ["5"]}]}


def test_the_line_that_is_removed_is_the_one_whose_button_was_pressed():
    sent = QueryDict(mutable=True)
    sent.update({"costs-0-price": "", "costs-1-price": "1", "costs-2-price": "2"})

    assert COSTS.read(sent, without="costs-1") == {"costs": [{"price": ["2"]}]}


def test_line_ends_count_once_and_nothing_unstorable_is_kept():
    sent = QueryDict(mutable=True)
    sent.update({"content": "a\r\nb\0c\ud800d"})
    content = next(section for section in SECTIONS if section.slug == "inhalt")

    assert content.read(sent) == {"content": ["a\nbcd"]}


STRANGE = [
    "🎉" * 60,
    "مشروع اللغة في المدينة",
    "Dự án học tiếng Đức ở Grimma",
    "ናይ ቋንቋ ፕሮጀክት",
    "语言咖啡馆",
    "\u0301\u0308\u0323 lone marks",
    "W" * 120,
    "<b>&amp;{{ x }}{% y %}</b> #panic(1)",
]


@pytest.mark.parametrize("title", STRANGE, ids=range(len(STRANGE)))
def test_any_script_comes_through_to_page_mail_and_document(place, title):
    applicant = factories.user()
    content = cases.typed(vorhaben={"title": [title]}, antragstellende={"name": [title]})
    sent = cases.submitted(cases.open_call(place.agency), applicant, content)

    assert sent.title == title.strip()
    assert sent.versions.get().content["sections"][0]["values"]["title"] == title.strip()
    assert bytes(sent.versions.get().pdf).startswith(b"%PDF-")


def test_a_version_holds_questions_and_answers_in_both_languages(place):
    applicant = factories.user()
    draft = cases.draft(cases.open_call(place.agency), applicant, language="en")
    content = frozen(read(draft.call), draft)
    about = content["sections"][0]["texts"]

    assert set(about) == {"de", "en"}
    assert about["en"]["answers"][1]["shown"] == "Private person"
    declared = content["sections"][-1]["texts"]
    assert declared["de"]["answers"][0]["label"] == "Ich erkläre: true."
    assert declared["en"]["answers"][0]["label"] == "I declare: true."


def test_a_project_that_begins_too_early_is_noticed(call):
    basis = read(call).basis
    assert not begins_early(cases.ON, basis)
    assert begins_early(cases.ON - dt.timedelta(days=1), basis)
    RuleSet.objects.filter(pk=call.rule_set_id).update(start_rule=StartRule.AFTER_APPROVAL)
    assert begins_early(cases.ON, read(call).basis)
