"""Letters: what they say, that a decision names its remedy, and that nothing else is issued."""

import datetime as dt
import io

import pypdf
import pytest

from contacts.roles import Role
from projects import letters
from projects.models import Amendment, Grant, Hearing, Proposal
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DATED = dt.date(2026, 6, 1)


@pytest.fixture
def sent(place):
    applicant = factories.user("amal@example.org")
    return cases.submitted(cases.open_call(place.agency), applicant)


@pytest.fixture
def proposal(place, sent) -> Proposal:
    return Proposal.objects.create(
        application=sent,
        version=sent.versions.get(),
        kind=Proposal.Kind.GRANT,
        recognised_cents=45_000,
        amount_cents=40_000,
        lines=[{"approved_cents": 20_500, "note": "Nur Kaffee"}, {"approved_cents": 24_500}],
        reason="Kuchen gehört nicht dazu.",
        conditions="",
        proposed_by=funding.staff(place.agency, Role.CASEWORKER),
        proposed_at=cases.NOW,
    )


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_partial_grant_says_how_much_for_what_until_when_and_why(proposal):
    content = letters.decision(proposal, dated=DATED)
    text = text_of(letters.render(content, now=cases.NOW))

    assert content["kind"] == "partial-grant"
    for said in (
        "Landratsamt Landkreis Leipzig",
        "Amal Haddad",
        "Markt 3",
        "04668 Grimma",
        proposal.application.reference,
        "400,00",
        "Sprachcafé am Markt",
        "Kuchen gehört nicht dazu.",
        "Nur Kaffee",
        "255,00",  # the line as it was applied for
        "205,00 € *",  # and as it is recognised
        "2. November 2026",  # eight weeks after 5 September is a holiday, and a Saturday
    ):
        assert said in text, said


def test_a_letter_names_the_day_on_the_wall_on_which_something_came(proposal):
    """Half past midnight in summer is still the day before in UTC."""
    late = dt.datetime(2026, 5, 10, 22, 30, tzinfo=dt.UTC)
    proposal.application.submitted_at = late
    letter = letters.decision(proposal, dated=DATED)
    assert "11. Mai 2026" in letter["data"]["opening"][0]

    grant = Grant(application=proposal.application)
    asked = Amendment(grant=grant, requested_at=late)
    letter = letters.amendment(asked, granted=False, reason="Nein.", dated=DATED)
    assert "11. Mai 2026" in letter["data"]["opening"][0]


def test_the_same_input_gives_the_same_letter(proposal):
    one, other = (letters.decision(proposal, dated=DATED) for _number in range(2))

    assert letters.digest_of(one) == letters.digest_of(other)
    assert letters.render(one, now=cases.NOW) == letters.render(other, now=cases.NOW)


def test_a_decision_without_the_authority_is_not_written(proposal):
    proposal.application.rule_set.authority = ""

    with pytest.raises(letters.LetterError, match="do not name the authority"):
        letters.decision(proposal, dated=DATED)


def test_a_decision_without_its_remedy_is_not_rendered(proposal):
    content = letters.decision(proposal, dated=DATED) | {"remedy": None}

    with pytest.raises(letters.LetterError, match="remedy"):
        letters.render(content, now=cases.NOW)


def test_a_hearing_asks_and_needs_no_remedy(sent):
    content = letters.hearing(
        sent,
        about=Hearing.About.REPAYMENT,
        amount_cents=1234,
        reason="Der Saal war billiger.",
        answer_until=dt.date(2026, 6, 22),
        dated=DATED,
    )

    assert content["remedy"] is None
    assert "12,34" in text_of(letters.render(content, now=cases.NOW))


def test_no_text_of_an_applicant_is_read_as_markup(proposal):
    proposal.reason = '#panic("x") $1$ *b* `c` <d> @e'

    text = text_of(letters.render(letters.decision(proposal, dated=DATED), now=cases.NOW))

    assert '#panic("x") $1$ *b* `c` <d> @e' in text
