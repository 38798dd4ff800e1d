"""The entrance as a visitor meets it: address, code, mailed links, and what never opens."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal import entrance, own_links
from portal.entrance import arrivals, flows
from portal.models import EntranceLink, LoginCode, OutboxMessage, User
from tests import factories
from tests.portal.entering import (
    CODE,
    LOG_IN,
    ask,
    code_in,
    enter,
    entered,
    newest_mail,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.entrance_urls")]
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HOURS, DAYS = dt.timedelta(hours=1), dt.timedelta(days=1)
EMAIL = "amal@example.org"
ACCOUNT = "/de/konto/"
NOTE = "/de/notiz/"
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def only_our_own_links(monkeypatch):
    """Other apps register links and arrivals; here nobody has."""
    monkeypatch.setattr(own_links, "_links", [])
    monkeypatch.setattr(arrivals, "_arrivals", dict(arrivals._arrivals))


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def without_tokens(html: str) -> str:
    return re.sub(r"\S+@\S+?(?=[<\"& ]|$)|csrf\S+ value=\S+|vorgang=\S+", "", html)


# The way in ---------------------------------------------------------------------------------------


def test_address_and_code_lead_in_and_make_the_account(client):
    asked = ask(client, " Amal@Example.ORG ", weiter="/de/karte/?x=1")
    assert asked.headers["Location"] == CODE
    assert EMAIL in shown(client.get(CODE))
    assert User.objects.count() == 0

    done = client.post(CODE, {"code": f" {code_in(EMAIL)[:3]} {code_in(EMAIL)[3:]} "})

    assert done.headers["Location"] == "/de/karte/?x=1"
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_active) == (EMAIL, False, True)
    assert not user.has_usable_password()
    page = client.get(ACCOUNT)
    assert "no-store" in page.headers["Cache-Control"]
    assert EMAIL in shown(page)
    assert enter(Client(), EMAIL).headers["Location"] == ACCOUNT
    assert User.objects.count() == 1


def test_the_fields_help_phones_and_password_managers(client):
    address = client.get(LOG_IN).text
    ask(client, EMAIL)
    code = client.get(CODE).text

    assert 'type="email"' in address
    assert 'autocomplete="email"' in address
    assert 'autocomplete="one-time-code"' in code
    assert 'inputmode="numeric"' in code
    assert "onpaste" not in address + code


def test_before_the_code_only_the_mail_and_the_sealed_session_know_anybody(client):
    client.post("/de/angebot/", {"email": EMAIL, "text": "Ein Fest im Hof"})
    stored = str(SessionStore(client.session.session_key).load())

    assert User.objects.count() == 0
    assert LoginCode.objects.count() == 1
    for secret in (EMAIL, "amal", "Fest im Hof", code_in(EMAIL)):
        assert secret not in stored
    assert set(client.session.keys()) == {"entrance", "_session_expiry"}


def test_a_log_in_begins_a_session_that_has_nothing_of_the_one_before(client):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key

    enter(client, EMAIL)

    assert client.session.session_key != planted
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key=planted).exists()
    assert is_in(client)


def test_the_page_before_leads_nowhere_else(client):
    for weiter in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere", "x", ""):
        with time_machine.travel(NOW, tick=False):
            answer = enter(Client(), f"{len(weiter)}@example.org", weiter=weiter)
        assert answer.headers["Location"] == ACCOUNT, weiter
    assert 'value="//elsewhere' not in client.get(LOG_IN, {"weiter": "//elsewhere.example/"}).text
    assert 'value="/de/karte/"' in client.get(LOG_IN, {"weiter": "/de/karte/"}).text


def test_whoever_is_in_already_goes_straight_on():
    client = entered(EMAIL)

    assert client.get(LOG_IN, {"weiter": "/de/karte/"}).headers["Location"] == "/de/karte/"
    assert client.get(LOG_IN).headers["Location"] == ACCOUNT


# What is refused ----------------------------------------------------------------------------------


def test_nobody_can_tell_from_outside_who_has_an_account():
    factories.user("applicant@example.org")
    factories.user("staff@example.org", is_staff=True)
    factories.user("closed@example.org", is_active=False)
    ask(Client(REMOTE_ADDR="192.0.2.9"), "first@example.org")  # fills what is filled once
    pages, work = {}, {}
    for email in ("nobody", "applicant", "staff", "closed"):
        client = Client(REMOTE_ADDR=f"192.0.2.{len(pages)}")
        with CaptureQueriesContext(connection) as queries:
            asked = ask(client, f"{email}@example.org")
            tries = [client.post(CODE, {"code": "000000"}) for _ in range(4)]
        work[email] = len(queries)
        again = client.post(CODE, {"again": "1"})
        answers = [asked, client.get(CODE), *tries, again, client.get(CODE)]
        pages[email] = [
            (a.status_code, a.headers.get("Location"), without_tokens(a.text)) for a in answers
        ]
        assert OutboxMessage.objects.filter(recipient=f"{email}@example.org").count() == 2

    assert pages["nobody"] == pages["applicant"] == pages["staff"] == pages["closed"]
    assert len(set(work.values())) == 1, work


def test_a_code_opens_no_other_session(client):
    ask(client, EMAIL)
    stranger = Client()

    answer = stranger.post(CODE, {"code": code_in(EMAIL)})
    assert answer.headers["Location"] == LOG_IN
    ask(stranger, "badr@example.org")
    answer = stranger.post(CODE, {"code": code_in(EMAIL)})

    assert answer.status_code == 422
    assert not is_in(stranger)


def test_a_code_is_used_once_and_a_wrong_one_says_how_often_one_may_try(client):
    ask(client, EMAIL)
    code = code_in(EMAIL)
    wrong = [client.post(CODE, {"code": "١٢٣ ٤٥٦"}) for _ in range(3)]
    assert [answer.status_code for answer in wrong] == [422] * 3
    assert len({without_tokens(answer.text) for answer in wrong}) == 3
    assert not is_in(client)

    assert client.post(CODE, {"code": code}).status_code == 422
    client.post(CODE, {"again": "1"})
    old_cookies = client.cookies.copy()
    assert client.post(CODE, {"code": code_in(EMAIL)}).status_code == 302
    client.cookies = old_cookies  # as if the answer had been lost, or the cookie stolen
    assert client.post(CODE, {"code": code_in(EMAIL)}).headers["Location"] == LOG_IN


def test_who_joins_the_staff_between_mail_and_code_stays_outside(client):
    user = factories.user(EMAIL)
    ask(client, EMAIL)
    User.objects.update(is_staff=True)

    answer = client.post(CODE, {"code": code_in(EMAIL)})

    assert answer.status_code == 422
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    user.refresh_from_db()
    assert user.last_login is None


@pytest.mark.parametrize(
    "change", [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}]
)
def test_a_session_ends_with_what_it_rests_on(client, change):
    enter(client, EMAIL)
    assert is_in(client)

    User.objects.update(**change)

    assert not is_in(client)
    assert client.get("/verwaltung/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "",
        "portal/user/",
        "konto/passwort/",
        "konto/passwort/setzen/",
        "konto/zweiter-faktor/",
        "konto/zweiter-faktor/app/",
        "konto/sitzungen/",
        "konto/bestaetigen/",
    ],
)
def test_in_the_house_of_the_staff_an_applicant_is_a_stranger(path):
    client = entered(EMAIL)

    for answer in (client.get(f"/verwaltung/{path}"), client.post(f"/verwaltung/{path}")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(
            ("/verwaltung/login/", "/verwaltung/konto/anm")
        )
    assert is_in(client)  # and loses nothing by it


def test_staff_are_strangers_among_applicants(client):
    client.force_login(factories.user(is_staff=True, is_superuser=True))

    assert client.get(ACCOUNT).headers["Location"] == f"{LOG_IN}?weiter=%2Fde%2Fkonto%2F"
    assert client.get("/verwaltung/").status_code == 200


def test_a_session_ends_a_day_after_the_last_page_and_a_week_after_the_log_in():
    with time_machine.travel(NOW, tick=False) as clock:
        client, idle = entered(EMAIL), entered("badr@example.org")
        clock.move_to(NOW + 25 * HOURS)
        assert not is_in(idle)
        clock.move_to(NOW)
        for hours in range(0, 7 * 24, 20):
            clock.move_to(NOW + hours * HOURS)
            assert is_in(client), hours
        clock.move_to(NOW + 7 * DAYS)
        assert not is_in(client)


def test_too_many_codes_have_to_wait_and_nothing_is_lost(client):
    with time_machine.travel(NOW, tick=False) as clock:
        client.post("/de/angebot/", {"email": EMAIL, "text": "Ein Fest"})
        answers = [client.post(CODE, {"again": "1"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert OutboxMessage.objects.count() == 3
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert ask(elsewhere, EMAIL).status_code == 429  # counted for the mailbox
        entrance.register_arrival("offer", lambda request, user, data: f"/de/?{data['text']}")
        clock.shift(61)
        assert client.post(CODE, {"again": "1"}).status_code == 302
        assert client.post(CODE, {"code": code_in(EMAIL)}).headers["Location"] == "/de/?Ein%20Fest"


def test_one_place_cannot_ask_for_codes_for_everybody():
    with time_machine.travel(NOW, tick=False):
        answers = [ask(Client(), f"{number}@example.org").status_code for number in range(22)]

    assert answers == [302] * 20 + [429] * 2


def test_a_program_that_fills_the_hidden_field_sends_no_mail(client):
    assert ask(client, EMAIL, remark="cheap pills").headers["Location"] == CODE
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("value", ["", "x", "a@b", "ämal@example.org", "ıngrid@exampıe.org"])
def test_what_is_no_address_is_said_beside_the_field_and_kept(client, value):
    answer = ask(client, value)

    assert answer.status_code == 422
    assert "<title>Fehler:" in answer.text or "<title>Error:" in answer.text
    assert f'value="{value}"' in answer.text or not value


@pytest.mark.parametrize(
    "value", ["\0", "x" * 10_000, "\ud7ff\U0010ffff", "a\r\nBcc: b@example.org"]
)
def test_no_input_breaks_the_forms(client, value):
    fields = dict.fromkeys(["email", "weiter", "vorgang", "code"], value)

    assert client.post(LOG_IN, fields).status_code == 422
    assert client.get(LOG_IN, fields).status_code == 200
    assert client.get(f"/de/weiter/{value.strip()[:50].encode().hex()}/").status_code == 410
    ask(client, EMAIL, weiter=value, vorgang=value)
    assert client.post(CODE, fields).status_code == 422
    assert client.put(LOG_IN).status_code == client.delete(CODE).status_code == 405


def test_no_line_of_the_log_names_an_address_or_a_code(client, caplog):
    caplog.set_level("DEBUG")
    ask(client, EMAIL)
    client.post(CODE, {"code": "000000"})
    code = code_in(EMAIL)
    client.post(CODE, {"code": code})
    entered_by_link(EMAIL)

    text = "\n".join(r.getMessage() for r in caplog.records if r.name != "django.db.backends")
    assert "Code refused for account " in text
    assert "Log-in of account " in text
    for secret in ("amal", code, "127.0.0.1"):
        assert secret not in text


def entered_by_link(email: str) -> None:
    url = entrance.resume_link(
        User.objects.of_address(email), "/de/karte/", site=SITE, now=dt.datetime.now(tz=dt.UTC)
    )
    Client().post(url.removeprefix(SITE))


# What is typed before and without a log-in --------------------------------------------------------


def test_what_was_typed_before_the_code_outlives_errors_and_arrives(client):
    came = []

    def handler(request, user, data):
        came.append((user.email, request.user.email, data))
        return "/de/karte/"

    entrance.register_arrival("offer", handler)
    text = "Fest im Hof ☕ " + "ö" * 5_000
    assert (
        client.post("/de/angebot/", {"email": "typo@example.org", "text": text}).status_code == 302
    )
    client.post(CODE, {"code": "12"})
    client.post(CODE, {"code": "000000"})
    client.post(CODE, {"again": "1"})
    other = re.search(r"/de/anmelden/\?vorgang=[\w-]+", client.get(CODE).text)[0]
    form = client.get(other)
    assert 'value="typo@example.org"' in form.text
    client.post(LOG_IN, {"email": EMAIL, "vorgang": form.context["form"].initial["vorgang"]})
    client.get(CODE)

    answer = client.post(CODE, {"code": code_in(EMAIL)})

    assert answer.headers["Location"] == "/de/karte/"
    assert came == [(EMAIL, EMAIL, {"text": text})]
    assert (
        client.post("/de/angebot/", {"email": EMAIL, "text": "b"}).headers["Location"]
        == "/de/karte/"
    )
    assert came[-1] == (EMAIL, EMAIL, {"text": "b"})  # logged in: no second code


def test_more_than_can_be_carried_is_refused_before_anything_happens():
    with pytest.raises(ValueError, match="more than can be carried"):
        flows.begin(email=EMAIL, carried=entrance.Carried("offer", {"text": "x" * 50_000}))


def test_a_form_that_was_sent_after_the_session_had_ended_is_sent_again(client):
    long = 'Zeile eins\r\nZeile <zwei> "ö"'
    answer = client.post(
        f"{NOTE}?seite=2", {"text": [long, "noch etwas"], "csrfmiddlewaretoken": "x"}
    )
    assert answer.headers["Location"].startswith(f"{LOG_IN}?vorgang=")
    form = client.get(answer.headers["Location"]).context["form"]
    came = enter(client, EMAIL, vorgang=form.initial["vorgang"])

    page = client.get(came.headers["Location"])
    assert 'action="/de/notiz/?seite=2"' in page.text
    fields = [(n, v) for n, v in page.context["fields"]]
    assert fields == [("text", long), ("text", "noch etwas")]
    assert "csrfmiddlewaretoken" not in dict(fields)
    assert "Zeile &lt;zwei&gt;" in page.text


def test_a_form_with_an_old_token_is_offered_once_more_if_it_came_from_a_page_of_ours():
    client = Client(enforce_csrf_checks=True)
    fields = {"text": "Zeile eins", "csrfmiddlewaretoken": "a" * 64}

    ours = client.post(NOTE, fields, headers={"Origin": "http://testserver"})
    again = re.search(r'csrfmiddlewaretoken" value="(\w+)"', ours.text)[1]
    sent = client.post(NOTE, {"text": "Zeile eins", "csrfmiddlewaretoken": again})

    assert (ours.status_code, ours.headers["Cache-Control"]) == (403, "no-store")
    assert 'name="text" value="Zeile eins"' in ours.text
    assert sent.headers["Location"].startswith(f"{LOG_IN}?vorgang=")
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        answer = client.post(NOTE, fields, headers=headers)
        assert answer.status_code == 403
        assert "Zeile eins" not in answer.text


def test_a_page_behind_the_log_in_is_come_back_to_with_its_query(client):
    answer = client.get(f"{NOTE}?a=1&b=%C3%B6")

    assert answer.headers["Location"].startswith(f"{LOG_IN}?weiter=")
    form = client.get(answer.headers["Location"]).context["form"]
    came = enter(client, EMAIL, weiter=form.initial["weiter"])
    assert came.headers["Location"] == f"{NOTE}?a=1&b=%C3%B6"
    assert client.get(came.headers["Location"]).text == f"{EMAIL}: []"


def test_a_script_is_told_to_log_in_and_not_sent_to_a_page(client):
    answer = client.post(NOTE, {"text": "x"}, headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json() == {"log_in": f"{LOG_IN}?weiter=%2Fde%2Fnotiz%2F"}
    assert "no-store" in answer.headers["Cache-Control"]


# Mailed links -------------------------------------------------------------------------------------


def link_for(email: str = EMAIL, path: str = NOTE, **fields) -> str:
    user = User.objects.of_address(email) or factories.user(email)
    with translation.override("de"):
        url = entrance.resume_link(user, path, site=SITE, **{"now": NOW} | fields)
    return url.removeprefix(SITE)


def test_a_link_brings_back_the_place_after_a_code_and_survives_mail_scanners(client):
    with time_machine.travel(NOW, tick=False):
        url = link_for(path=f"{NOTE}?abschnitt=2")
        for _ in range(3):
            scanner = Client()
            assert scanner.get(url).status_code == scanner.head(url).status_code == 200
        assert OutboxMessage.objects.count() == 0
        page = shown(client.get(url))
        assert EMAIL not in page
        assert "a…@e….org" in page
        asked = client.post(url)
        assert asked.headers["Location"] == CODE
        assert EMAIL not in shown(client.get(CODE))
        assert not is_in(client)

        came = client.post(CODE, {"code": code_in(EMAIL)})

        assert came.headers["Location"] == f"{NOTE}?abschnitt=2"
        assert client.get(came.headers["Location"]).status_code == 200
        assert client.get(url).headers["Location"] == f"{NOTE}?abschnitt=2"  # logged in


@pytest.mark.parametrize("why", ["used", "expired"])
def test_a_link_that_counts_no_more_sends_a_new_one_by_mail(client, why):
    with time_machine.travel(NOW, tick=False) as clock:
        url = link_for()
        if why == "used":
            client.post(url)
            client.post(CODE, {"code": code_in(EMAIL)})
        else:
            clock.shift(31 * DAYS)
        stranger = Client()
        page = stranger.get(url)
        assert page.status_code == 200
        assert "a…@e….org" in shown(page)
        sent = stranger.post(url)
        assert sent.status_code == 200
        assert EMAIL not in shown(page) + shown(sent)
        assert not is_in(stranger)
        message = newest_mail(EMAIL)
        assert message.is_secret
        fresh = re.search(r"http://testserver(/de/weiter/\S+)", message.body)[1]
        assert fresh != url
        stranger.post(fresh)
        assert stranger.post(CODE, {"code": code_in(EMAIL)}).headers["Location"] == NOTE
        answers = [Client().post(url).status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]


def test_a_link_alone_opens_nothing_and_its_token_is_stored_as_a_hash():
    url = link_for()
    token = url.strip("/").rpartition("/")[2]

    stored = "|".join(str(value) for row in EntranceLink.objects.values() for value in row.values())
    assert token not in stored
    assert EMAIL not in url
    client = Client()
    client.post(url)
    assert client.get(NOTE).status_code == 302
    assert Client().get("/de/weiter/invented/").status_code == 410


def test_a_link_goes_to_the_present_address_of_the_account(client):
    with time_machine.travel(NOW, tick=False):
        url = link_for()
        User.objects.update(email="new@example.org")

        client.post(url)

        assert newest_mail("new@example.org").is_secret
        assert not OutboxMessage.objects.filter(recipient=EMAIL).exists()


def test_an_invitation_reaches_its_handler_by_a_code_to_the_invited_address(client):
    came = []

    def handler(request, user, data):
        came.append((user.email, data))
        return NOTE

    entrance.register_arrival(
        "co-editor", handler, heading="Mitschreiben", text="Sie sind eingeladen."
    )
    with time_machine.travel(NOW, tick=False), translation.override("de"):
        url = entrance.arrival_link(
            "co-editor", {"invitation": "7"}, email="Badr@Example.org", site=SITE, now=NOW
        ).removeprefix(SITE)
        page = client.get(url).text
        assert "<h1>Mitschreiben</h1>" in page
        assert "Sie sind eingeladen." in page
        somebody = entered(EMAIL)
        assert somebody.post(url).headers["Location"] == CODE  # a log-in as another does not do
        client.post(url)
        assert came == []

        client.post(CODE, {"code": code_in("badr@example.org")})

    assert came == [("badr@example.org", {"invitation": "7"})]
    assert EntranceLink.objects.get().used_at == NOW


# Going out ----------------------------------------------------------------------------------------


def test_a_log_out_is_a_button_and_ends_the_session(client):
    enter(client, EMAIL)
    assert client.get("/de/abmelden/").status_code == 200
    assert is_in(client)
    key = client.session.session_key

    assert client.post("/de/abmelden/").headers["Location"] == "/de/"

    assert not is_in(client)
    assert not Session.objects.filter(session_key=key).exists()
    assert Client().get("/de/abmelden/").headers["Location"] == LOG_IN


def test_a_log_out_everywhere_ends_every_session_of_this_account_only():
    here, there, other = entered(EMAIL), entered(EMAIL), entered("badr@example.org")

    here.post("/de/abmelden/", {"everywhere": "1"})

    assert [is_in(client) for client in (here, there, other)] == [False, False, True]


def test_pages_behind_the_log_in_say_so_and_public_ones_do_not():
    client = entered(EMAIL)
    own_links.register_link("Karte", "contacts:map")

    page = client.get(ACCOUNT).text
    assert 'class="signed-in"' in page
    assert page.index(">Karte<") < page.index('href="/de/konto/"')
    for path in ("/de/", "/de/karte/", LOG_IN):
        answer = client.get(path)
        assert 'class="signed-in"' not in answer.text
    assert "Cookie" not in client.get("/de/").headers.get("Vary", "")
    assert client.get(LOG_IN).headers["Location"] == "/de/karte/"  # the first link is home
