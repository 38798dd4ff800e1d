"""Writing and sending an application as a person does, page by page."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from portal.models import OutboxMessage, User
from projects import calls, workflow
from projects.models import Application, Contributor
from tests.portal.entering import CODE, code_in, entered
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
EMAIL = "amal@example.org"
START = {
    "title": "Sprachcafé am Markt",
    "applicant_type": "private",
    "measure_kind": "meeting",
    "email": EMAIL,
}


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(cases.NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def amal():
    return entered(EMAIL)


@pytest.fixture
def draft(call, amal):
    return cases.draft(call, User.objects.get(email=EMAIL))


def page(name: str, case: Application, *arguments) -> str:
    return reverse(f"projects:{name}", args=[case.uuid, *arguments])


def section(case: Application, slug: str) -> str:
    return page("section", case, slug)


def posted(slug: str, **changes: str) -> dict[str, str]:
    """What a browser would send for a section of `cases.TYPED`."""
    fields = {}
    for name, value in cases.TYPED[slug].items():
        if isinstance(value[0], dict):
            for number, line in enumerate(value):
                fields |= {f"{name}-{number}-{key}": texts[0] for key, texts in line.items()}
        else:
            fields[name] = value[0]
    return fields | {"revision": "1"} | changes


def key_on(answer) -> str:
    return re.search(r'name="key" value="([^"]+)"', answer.text)[1]


# The way in ---------------------------------------------------------------------------------------


def test_nothing_is_stored_before_the_code_and_all_of_it_after(call):
    client = Client()
    answer = client.post("/de/antrag/neu/", START | {"aufruf": call.slug}, follow=True)

    assert not Application.objects.exists()
    assert not User.objects.filter(email=EMAIL).exists()
    assert answer.redirect_chain[-1][0].startswith(CODE)

    answer = client.post(CODE, {"code": code_in(EMAIL)}, follow=True)

    begun = Application.objects.get()
    assert answer.redirect_chain[-1][0] == section(begun, "vorhaben")
    assert (begun.title, begun.language) == (START["title"], "de")
    assert begun.contributors.get().role == Contributor.Role.OWNER


def test_what_is_missing_at_the_start_is_said_and_the_rest_kept(call):
    answer = Client().post("/de/antrag/neu/", START | {"email": "amal"})

    assert answer.status_code == 422
    assert START["title"] in answer.text
    assert not OutboxMessage.objects.exists()


def test_the_two_minute_check_fills_in_what_is_known(call):
    answer = Client().get("/de/antrag/neu/?art=private&massnahme=meeting")

    assert re.search(r'value="private"[^>]*checked', answer.text)


def test_somebody_who_is_in_begins_without_another_code(call, amal):
    answer = amal.post("/de/antrag/neu/", START)

    assert answer.url == section(Application.objects.get(), "vorhaben")


def test_without_a_call_nothing_can_be_begun(place, amal):
    cases.open_call(place.agency, closes_at=cases.NOW)

    answer = amal.post("/de/antrag/neu/", START)

    assert answer.status_code == 200
    assert not Application.objects.exists()


# Sections -----------------------------------------------------------------------------------------


def test_a_section_is_saved_and_leads_to_the_next(draft, amal):
    answer = amal.post(section(draft, "inhalt"), posted("inhalt", content="Neu gedacht"))

    assert answer.url == section(draft, "kosten")
    assert "Neu gedacht" in amal.get(section(draft, "inhalt")).text


def test_what_is_wrong_is_saved_and_says_what_to_do(draft, amal):
    answer = amal.post(section(draft, "kosten"), posted("kosten", **{"costs-0-price": "1,234"}))

    assert answer.status_code == 422
    assert 'value="1,234"' in answer.text
    again = amal.get(section(draft, "kosten"))
    assert 'value="1,234"' in again.text
    assert "errorlist" in again.text


def test_a_line_is_added_and_removed_without_a_script(draft, amal):
    three = posted("kosten", **{"costs-2-price": "5", "costs-2-description": "Tee"})
    answer = amal.post(section(draft, "kosten"), three | {"add": "costs"})
    assert answer.url.startswith(section(draft, "kosten"))
    assert 'name="costs-3-price"' in amal.get(answer.url).text
    assert 'name="costs-3-price"' not in amal.get(section(draft, "kosten")).text

    amal.post(section(draft, "kosten"), three | {"remove": "costs-0", "revision": "2"})

    stored = draft.sections.get(section="kosten").answers["costs"]
    assert [line["description"] for line in stored] == [["Saal"], ["Tee"]]


def test_two_tabs_both_texts_are_shown_and_the_second_decides(draft, amal):
    amal.post(section(draft, "inhalt"), posted("inhalt", content="vom Telefon"))

    answer = amal.post(section(draft, "inhalt"), posted("inhalt", content="vom Rechner"))

    assert answer.status_code == 409
    assert "vom Telefon" in answer.text
    assert "vom Rechner" in answer.text
    revision = re.search(r'name="revision" value="(\d+)"', answer.text)[1]
    amal.post(section(draft, "inhalt"), posted("inhalt", content="beides", revision=revision))
    assert draft.sections.get(section="inhalt").answers["content"] == ["beides"]


def test_the_script_hears_when_it_was_saved_and_of_a_conflict(draft, amal):
    accept = {"accept": "application/json"}
    fields = posted("inhalt", content="im Hintergrund")

    saved = amal.post(section(draft, "inhalt"), fields, headers=accept)
    assert saved.json()["revision"] == 2
    assert "10:00" in saved.json()["text"]

    again = amal.post(section(draft, "inhalt"), fields | {"content": "alt"}, headers=accept)
    assert (again.status_code, again.json()) == (409, {"conflict": True})
    assert Client().post(section(draft, "inhalt"), fields, headers=accept).status_code == 401


def test_a_section_that_does_not_concern_somebody_is_not_there(draft, amal):
    assert amal.get(section(draft, "sprachkurs")).status_code == 404
    assert amal.get(section(draft, "gibt-es-nicht")).status_code == 404


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "1\0"])
def test_a_broken_revision_is_a_conflict_and_no_error(draft, amal, revision):
    fields = posted("inhalt", content="anders", revision=revision)

    assert amal.post(section(draft, "inhalt"), fields).status_code == 409


def test_the_list_says_what_is_done_and_what_is_not(call, amal):
    content = cases.typed(inhalt={"participants": ["viele"]})
    del content["erklaerungen"]
    half = cases.draft(call, User.objects.get(email=EMAIL), content)

    states = re.findall(r"task-state--([a-z-]+)", amal.get(half.get_absolute_url()).text)

    assert "Martina Richter" in seen_in(amal.get(half.get_absolute_url()))
    assert states == ["done"] * 3 + ["needs-attention"] + ["done"] * 2 + ["optional", "not-begun"]


# Sending ------------------------------------------------------------------------------------------


def test_from_the_last_look_to_the_receipt(draft, amal):
    look = amal.get(page("check", draft))
    assert "Kaffee, Kuchen und Gespräche auf Deutsch." in look.text

    answer = amal.post(page("check", draft), {"key": key_on(look)}, follow=True)

    assert answer.redirect_chain == [(page("receipt", draft), 302)]
    assert draft.reference in seen_in(answer)
    document = amal.get(page("document", draft, 1))
    assert document["Content-Type"] == "application/pdf"
    assert "attachment" in document["Content-Disposition"]


def test_an_application_is_sent_in_english_where_everything_has_english_names(place, amal):
    """What is frozen does not depend on the language in which the rows were read."""
    place.agency.create_translation("en", name="Integration office")
    call = cases.open_call(place.agency, english="Microprojects 2026")
    call.programme.create_translation("en", name="Microprojects")
    draft = cases.draft(call, User.objects.get(email=EMAIL), language="en")
    path = page("check", draft).replace("/de/", "/en/")

    answer = amal.post(path, {"key": key_on(amal.get(path))})

    assert answer.url == page("receipt", draft).replace("/de/", "/en/")
    assert draft.versions.get().content["about"]["agency"] == str(place.agency)


def test_refresh_back_and_double_click_bring_the_receipt_again(draft, amal):
    key = key_on(amal.get(page("check", draft)))
    for _number in range(3):
        assert amal.post(page("check", draft), {"key": key}).url == page("receipt", draft)

    assert amal.get(page("check", draft)).url == page("receipt", draft)
    assert amal.post(page("check", draft), {"key": str(uuid.uuid4())}).url == page("receipt", draft)
    assert draft.versions.count() == 1
    assert OutboxMessage.objects.filter(about__contains=":receipt:").count() == 1


def test_a_submit_that_comes_too_late_says_so_and_keeps_the_draft(draft, amal, call):
    key = key_on(amal.get(page("check", draft)))
    with time_machine.travel(call.closes_at, tick=False):
        later = entered(EMAIL)
        answer = later.post(page("check", draft), {"key": key})
        assert answer.status_code == 409
        kept = later.get(section(draft, "inhalt"))

    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "Kaffee, Kuchen und Gespräche auf Deutsch." in kept.text


def test_whoever_may_be_late_is_told_until_when(draft, call, caseworker):
    until = call.closes_at + dt.timedelta(days=3)
    calls.grant_late(draft, until=until, reason="Krank.", by=caseworker, now=cases.NOW)

    with time_machine.travel(call.closes_at, tick=False):
        later = entered(EMAIL)
        told = seen_in(later.get(draft.get_absolute_url()))
        assert "5. November 2026" in told or "5 November 2026" in told
        sent = later.post(page("check", draft), {"key": key_on(later.get(page("check", draft)))})

    assert sent.url == page("receipt", draft)


def test_what_is_missing_leads_to_its_field(call, amal):
    content = cases.typed(inhalt={"participants": [""]})
    case = cases.draft(call, User.objects.get(email=EMAIL), content)

    look = amal.get(page("check", case))

    assert 'name="key"' not in look.text
    assert f"{section(case, 'inhalt')}?fehlt=1#id_participants" in look.text
    assert "errorlist" in amal.get(f"{section(case, 'inhalt')}?fehlt=1").text
    answer = amal.post(page("check", case), {"key": str(uuid.uuid4())})
    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["", "x", "0" * 32 + "\0", "ä"])
def test_a_broken_key_sends_nothing(draft, amal, key):
    assert amal.post(page("check", draft), {"key": key}).status_code == 200
    assert not draft.versions.exists()


# Afterwards ---------------------------------------------------------------------------------------


@pytest.fixture
def sent(call, amal):
    return cases.submitted(call, User.objects.get(email=EMAIL))


@pytest.fixture
def caseworker(place):
    return funding.staff(place.agency, Role.CASEWORKER)


def test_the_status_says_what_is_next_and_who_acts(sent, amal, place):
    seen = seen_in(amal.get(sent.get_absolute_url()))

    assert str(place.agency) in seen
    assert "Martina Richter" in seen


def test_changes_are_asked_made_and_sent(sent, amal, caseworker):
    at = {"by": caseworker, "now": cases.NOW}
    workflow.take(sent, **at)
    workflow.request_changes(
        sent,
        sections=["inhalt"],
        text="Wie viele Kinder?",
        due_on=dt.date(2026, 5, 20),
        on=cases.ON,
        **at,
    )

    status = amal.get(sent.get_absolute_url())
    assert "Wie viele Kinder?" in seen_in(status)
    assert section(sent, "inhalt") in status.text
    assert section(sent, "kosten") not in status.text
    assert amal.get(section(sent, "kosten")).url == sent.get_absolute_url()

    amal.post(section(sent, "inhalt"), posted("inhalt", content="Acht Kinder."))
    key = key_on(amal.get(page("check", sent)))
    assert amal.post(page("check", sent), {"key": key}).url == page("receipt", sent)
    changes = seen_in(amal.get(page("version", sent, 2)))
    assert "Acht Kinder." in changes
    assert "Kaffee, Kuchen und Gespräche auf Deutsch." in changes
    assert amal.get(page("version", sent, 1)).status_code == 404


def test_changes_without_a_change_need_a_word(sent, amal, caseworker):
    at = {"by": caseworker, "now": cases.NOW}
    workflow.take(sent, **at)
    asked = {"sections": ["inhalt"], "text": "?", "due_on": dt.date(2026, 5, 20)}
    workflow.request_changes(sent, **asked, on=cases.ON, **at)
    key = key_on(amal.get(page("check", sent)))
    assert amal.post(page("check", sent), {"key": key}).status_code == 409

    assert amal.post(page("word", sent), {"text": ""}).status_code == 422
    assert amal.post(page("word", sent), {"text": "Es bleibt so."}).url == page("check", sent)

    assert amal.post(page("check", sent), {"key": key}).url == page("receipt", sent)


def test_messages_stand_on_the_page(sent, amal, caseworker):
    assert amal.post(page("message", sent), {"text": " "}).status_code == 422
    amal.post(page("message", sent), {"text": "Wann hören wir von Ihnen?"})
    workflow.send_message(sent, "In zwei Wochen.", by=caseworker, now=cases.NOW)

    seen = seen_in(amal.get(sent.get_absolute_url()))

    assert "Wann hören wir von Ihnen?" in seen
    assert "In zwei Wochen." in seen
    assert str(caseworker) not in seen


def test_withdrawing_is_asked_first(sent, amal):
    amal.get(page("withdraw", sent))
    sent.refresh_from_db()
    assert sent.state == "submitted"

    amal.post(page("withdraw", sent))
    sent.refresh_from_db()
    assert sent.state == "withdrawn"
    assert amal.get(page("withdraw", sent)).url == sent.get_absolute_url()


def test_a_preliminary_check_is_asked_and_taken_back(draft, amal):
    amal.post(page("precheck", draft))
    assert amal.get(section(draft, "inhalt")).url == draft.get_absolute_url()
    assert page("check", draft) in amal.get(draft.get_absolute_url()).text

    amal.post(page("take_back", draft))

    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_that_is_being_looked_at_may_be_sent_all_the_same(draft, amal):
    amal.post(page("precheck", draft))
    key = key_on(amal.get(page("check", draft)))

    assert amal.post(page("check", draft), {"key": key}).url == page("receipt", draft)


# Other people -------------------------------------------------------------------------------------

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


@pytest.fixture
def everything_of(sent, amal) -> list[str]:
    workflow.send_message(sent, "x", by=User.objects.get(email=EMAIL), now=cases.NOW)
    names = ["application", "check", "receipt", "message", "word", "withdraw", "precheck"]
    return [
        *(page(name, sent) for name in (*names, "take_back", "attachments")),
        section(sent, "inhalt"),
        section(sent, "gibt-es-nicht"),
        page("document", sent, 1),
        page("version", sent, 1),
    ]


def test_another_applicant_gets_404_for_everything_by_every_method(everything_of, sent):
    other = entered("berta@example.org")
    before = sent.events.count()
    for path in everything_of:
        for method in METHODS:
            answer = getattr(other, method)(path)
            assert answer.status_code in (404, 405), (method, path, answer.status_code)
            if method in ("get", "post"):
                assert answer.status_code == 404, (method, path)
            assert sent.title not in answer.text
    assert other.get("/de/antrag/").status_code == 200
    assert sent.title not in other.get("/de/antrag/").text
    assert sent.events.count() == before


def test_a_visitor_and_staff_are_sent_to_the_log_in_by_code(everything_of, place):
    staff = Client()
    staff.force_login(
        funding.staff(place.agency, Role.CASEWORKER), backend="portal.auth.StaffBackend"
    )
    for path in everything_of:
        for client in (Client(), staff):
            assert client.get(path).url.startswith("/de/anmelden/?weiter=")


def test_pages_of_an_applicant_are_kept_nowhere(everything_of, amal):
    for path in everything_of:
        answer = amal.get(path)
        assert answer["Cache-Control"] == "no-store", path


def test_ten_thousand_characters_and_odd_ones_are_no_error(draft, amal):
    for text in ("x" * 10_000, "\0", "\ud800".encode("utf-8", "surrogatepass"), "{{ x }}"):
        for slug in ("vorhaben", "antragstellende", "ort-und-zeit", "kosten", "finanzierung"):
            fields = dict.fromkeys(posted(slug), text) | {"revision": "1"}
            assert amal.post(section(draft, slug), fields).status_code in (302, 409, 422)
            assert amal.get(section(draft, slug)).status_code == 200
    assert amal.get(page("check", draft)).status_code == 200
