"""One grant in a real browser, by its four people: from the application to the closed file.

At each step that moves money the ledger is read: it adds up to the cent.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.site.browsing import PHONE, WIDE

pytestmark = pytest.mark.browser
TODAY = dt.date.today()  # noqa: DTZ011 (that of the served site, give or take an hour a year)
MAKE = "from tests.projects import a_whole_case; print(a_whole_case.made())"
LOOK = "from tests.projects import a_whole_case; print(a_whole_case.standing())"
TURN = "from tests.projects import a_whole_case; a_whole_case.turn()"
IBAN = "DE02 1203 0000 0000 2020 51"
LATER = (TODAY + dt.timedelta(days=30)).isoformat()


@dataclass
class Desk:
    """The tab of one person, at the pages of the one case."""

    tab: Page
    case: str

    def open(self, page: str = "") -> None:
        self.tab.goto(self.case + page)

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.tab.locator(f"[name='{name}']").first.fill(text)

    def send(self) -> None:
        """The main button of the page; nothing that was typed is refused."""
        self.tab.locator("main .button--main, .submit-row [type=submit]").first.click()
        refused = self.tab.locator(".summary, .errorlist, .errornote, .messagelist .error")
        assert refused.all_inner_texts() == []

    def step(self, name: str) -> None:
        """Take a step of the case: its button, or the page behind its link."""
        self.open()
        self.tab.locator(
            f".case form[action$='/{name}/'] button, .case a[href$='/{name}/']"
        ).first.click()


@dataclass
class World:
    applicant: Desk
    caseworker: Desk
    decider: Desk
    finance: Desk
    variables: dict

    def _ask(self, code: str) -> str:
        done = servers.manage("shell", "--no-imports", "-c", code, **self.variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def turn(self) -> None:
        """What the clock does every few minutes."""
        self._ask(TURN)

    @property
    def standing(self) -> list:
        """State of application and grant; cents committed, paid and free."""
        return json.loads(self._ask(LOOK))


@pytest.fixture
def world(tmp_path, fresh_demo, browser, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), fresh_demo.copy(tmp_path) as variables:
        done = servers.manage("shell", "--no-imports", "-c", MAKE, **variables)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        with servers.gunicorn(workers=2, **variables) as base:
            desks, contexts = {}, []
            for who, session in made["sessions"].items():
                width, height = PHONE if who == "applicant" else WIDE
                context = browser.new_context(
                    base_url=base,
                    locale="de-DE",
                    viewport={"width": width, "height": height},
                    reduced_motion="reduce",
                )
                context.add_cookies([{"name": made["cookie"], "value": session, "url": base}])
                contexts.append(context)
                case = made["case"] if who == "applicant" else made["desk"]
                desks[who] = Desk(context.new_page(), case)
            yield World(**desks, variables=variables)
            for context in contexts:
                context.close()


def test_from_the_incoming_application_to_the_closed_file(world):
    applicant, caseworker, decider = world.applicant, world.caseworker, world.decider
    assert world.standing == ["submitted", None, 0, 0, 1_000_000]

    changes_are_asked_for_and_sent(world)
    a_part_is_granted(world)
    assert world.standing == ["approved", "announced", 40_000, 0, 960_000]

    applicant.open("brief/1/")  # opening it is what counts as delivery
    with applicant.tab.expect_download() as letter:
        applicant.send()
    assert letter.value.suggested_filename.endswith(".pdf")
    applicant.open("zuwendung/verzicht/")
    applicant.send()
    assert world.standing[1] == "final"

    applicant.open("zuwendung/aenderung/")
    applicant.fill(line_2="265", award="420", reason="Der Saal ist teurer.")
    applicant.send()
    caseworker.step("check")
    caseworker.fill(text="Einverstanden.")
    caseworker.send()
    decider.step("decide")
    decider.tab.locator("[name=granted]").first.check()
    decider.fill(text="Der Saal war nicht anders zu haben.")
    decider.send()
    assert world.standing == ["approved", "final", 42_000, 0, 958_000]

    pay(world, 1, "200")
    assert world.standing[2:] == [42_000, 20_000, 958_000]
    pay(world, 2, "220")
    assert world.standing[2:] == [42_000, 42_000, 958_000]
    world.turn()
    assert world.standing[1] == "running"

    the_proof_is_sent_queried_and_sent_again(world)
    caseworker.step("proof/check")
    caseworker.send()
    assert world.standing == ["approved", "settled", 42_000, 42_000, 958_000]

    what_was_too_much_comes_back(world)
    assert world.standing == ["approved", "repaid", 40_766, 40_766, 959_234]
    world.turn()
    assert world.standing[1] == "closed"
    applicant.open("nachweis/")
    expect(applicant.tab.locator("main")).to_contain_text("407,66")


def changes_are_asked_for_and_sent(world: World) -> None:
    applicant, caseworker = world.applicant, world.caseworker
    caseworker.step("take")
    caseworker.step("changes")
    caseworker.tab.check("[name=sections][value=inhalt]")
    caseworker.fill(text="Bitte beschreiben Sie den Ablauf.")
    caseworker.send()
    applicant.open("abschnitt/inhalt/")
    applicant.fill(content="Kaffee und Kuchen, dann reden wir in kleinen Gruppen.")
    applicant.send()
    applicant.open("pruefen/")
    applicant.send()
    assert world.standing[0] == "in_review"


def a_part_is_granted(world: World) -> None:
    """Less for the first line than was asked for."""
    caseworker, decider = world.caseworker, world.decider
    caseworker.step("propose")
    for box in caseworker.tab.locator("[name=checklist]").all():
        box.check()
    caseworker.tab.locator("[name=kind][value=grant]").check()
    caseworker.fill(approved_1="205", note_1="Kuchen zählt nicht", amount="400")
    caseworker.fill(reason="Das Vorhaben bringt Menschen zusammen.")
    caseworker.send()
    caseworker.open()
    expect(caseworker.tab.locator("form[action$='/approve/']")).to_have_count(0)
    decider.step("decide")
    decider.tab.locator("form[action$='/approve/'] button").first.click()


def pay(world: World, number: int, amount: str) -> None:
    """An instalment from the request to the day on which it was paid."""
    applicant, caseworker, decider, finance = (
        world.applicant,
        world.caseworker,
        world.decider,
        world.finance,
    )
    applicant.open("zuwendung/auszahlung/")
    applicant.fill(amount=amount, spent="0", expected_until=LATER, holder="Amal Haddad", iban=IBAN)
    applicant.tab.locator("[name=mode][value=advance]").check()
    applicant.send()
    caseworker.step(f"payout/{number}/certify")
    decider.step(f"payout/{number}/order")
    finance.tab.goto("/verwaltung/projects/payout/")
    finance.tab.locator(
        "form[action*='hand'] [type=submit], form[action*='hand'] button"
    ).first.click()
    finance.step(f"payout/{number}/paid")
    finance.fill(paid_on=TODAY.isoformat())
    finance.send()


def the_proof_is_sent_queried_and_sent_again(world: World) -> None:
    applicant, caseworker = world.applicant, world.caseworker
    for line, amount in (("1", "205"), ("2", "252,66"), ("3", "50")):
        applicant.open("nachweis/belege/neu/")
        options = applicant.tab.locator("[name=line] option").all()
        value = [
            option.get_attribute("value") for option in options if option.get_attribute("value")
        ]
        applicant.tab.locator("[name=line]").select_option(value[int(line) - 1])
        applicant.fill(amount=amount, paid_on=TODAY.isoformat(), payee="Bäckerei", purpose="Kaffee")
        applicant.send()
    applicant.open("nachweis/bericht/")
    applicant.fill(
        done="Wir haben uns auf dem Markt in Grimma getroffen, gegessen und geredet. " * 2,
        participants="31",
        with_migration="17",
        reached="Viele grüßen sich jetzt auf der Straße.",
    )
    for name in ("used_as_granted", "economical", "agrees_with_books"):
        applicant.tab.locator(f"[name={name}]").check()
    applicant.send()
    applicant.open("nachweis/pruefen/")
    applicant.send()
    assert world.standing[1] == "proof_submitted"
    caseworker.step("proof/query")
    caseworker.fill(text="Wer hat den Saal vermietet?", until=LATER)
    caseworker.send()
    assert world.standing[1] == "proof_queried"
    applicant.open("nachweis/bericht/")
    applicant.fill(reached="Viele grüßen sich jetzt; den Saal hat die Stadt vermietet.")
    applicant.send()
    applicant.open("nachweis/pruefen/")
    applicant.send()
    assert world.standing[1] == "proof_submitted"


def what_was_too_much_comes_back(world: World) -> None:
    """12.34 EUR, after a hearing, by two people and a letter."""
    applicant, caseworker, decider, finance = (
        world.applicant,
        world.caseworker,
        world.decider,
        world.finance,
    )
    caseworker.step("hearing/repayment")
    caseworker.fill(text="Der Saal war billiger als geplant.", until=LATER)
    caseworker.send()
    applicant.open("anhoerung/")
    applicant.fill(text="Das stimmt.")
    applicant.send()
    caseworker.open()
    expect(caseworker.tab.locator("main")).to_contain_text(re.compile("12[.,]34"))
    caseworker.step("claim")
    caseworker.fill(text="Nicht gebraucht.")
    caseworker.send()
    decider.step("claim/order")
    decider.fill(day=LATER)
    decider.send()
    assert world.standing[1] == "repayment_due"
    finance.step("claim/paid")
    finance.fill(day=TODAY.isoformat())
    finance.send()
