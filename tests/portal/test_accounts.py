"""Staff accounts from the log-in to the end: second factor, limits, sessions, passwords, mails."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import jobs
from portal.accounts import lifecycle, passwords, sealing
from portal.accounts.adapters import AccountAdapter
from portal.accounts.addresses import UNKNOWN, client_address, network
from portal.accounts.sessions import browser
from portal.models import OutboxMessage, User
from tests import factories
from tests.portal.log_in import PASSWORD, code, enrol, log_in

pytestmark = pytest.mark.django_db

ADMINISTRATION = "/verwaltung/"
LOG_IN = "/verwaltung/konto/anmelden/"
ENROLMENT = "/verwaltung/konto/zweiter-faktor/"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def user() -> User:
    return User.objects.create_user(
        "canary@example.org", PASSWORD, name="Kim Kanari", is_staff=True, is_superuser=True
    )


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def opens(client: Client) -> bool:
    return client.get(ADMINISTRATION).status_code == 200


def mails(about: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(about__endswith=about).order_by("pk"))


def link_in(message: OutboxMessage) -> str:
    return re.search(r"http\S+", message.body)[0].removeprefix("http://testserver")


# Log-in -------------------------------------------------------------------------------------------


def test_the_old_log_in_of_the_administration_logs_nobody_in(client, user):
    fields = {"username": user.email, "login": user.email, "password": PASSWORD}

    answer = client.post("/verwaltung/login/?next=/verwaltung/portal/user/", fields)

    assert answer.headers["Location"] == f"{LOG_IN}?next=/verwaltung/portal/user/"
    assert not opens(client)


def test_a_log_in_leads_to_the_page_that_was_wanted_and_to_no_other_site(client, user):
    wanted = "/verwaltung/portal/user/"
    assert log_in(client, user.email, next=wanted).headers["Location"] == wanted

    again = log_in(Client(), user.email, next="//elsewhere.example/")
    assert again.headers["Location"] == ADMINISTRATION


def test_an_unknown_address_a_wrong_password_and_a_closed_account_get_the_same_answer(client, user):
    factories.user("closed@example.org", is_staff=True, is_active=False)
    factories.user("resident@example.org", is_staff=False)

    pages = {
        re.sub(r"\S+@example.org|csrf\S+ value=\S+", "", log_in(Client(), email, word).text)
        for email, word in [
            (user.email, "wrong"),
            ("nobody@example.org", "wrong"),
            ("closed@example.org", "a long enough password"),
            ("resident@example.org", "a long enough password"),
        ]
    }

    assert len(pages) == 1


def test_the_form_keeps_the_address_and_helps_password_managers(client, user):
    page = log_in(client, user.email, "wrong").text

    assert f'value="{user.email}"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="email"' in page
    assert "onpaste" not in page


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client, user):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            log_in(client, user.email, "wrong")
            clock.shift(10)
        locked = log_in(client, user.email.upper())
        clock.shift(300)
        later = log_in(client, user.email)

    assert locked.status_code == 200
    assert str(AccountAdapter.error_messages["too_many_login_attempts"]) in locked.text
    assert later.status_code == 302


def test_an_address_has_no_second_spelling_by_a_letter_that_looks_alike(client, db):
    """PostgreSQL's capitals make "i" of the Turkish "ı"; failed tries of the two count apart."""
    user = factories.user("ingrid@example.org", is_staff=True)
    user.set_password(PASSWORD)
    user.save()

    assert log_in(client, "ıngrid@example.org").status_code == 200
    assert log_in(client, "Ingrid@Example.ORG").status_code == 302


def test_a_limit_that_is_reached_has_a_page_of_its_own(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    log_in(client, "nobody@example.org")

    answer = log_in(client, "nobody@example.org")

    assert answer.status_code == 429
    assert "<h1>" in answer.text


def test_what_counts_tries_holds_no_address(client, user):
    log_in(client, user.email, "wrong", headers={})
    client.post(LOG_IN, {"login": user.email, "password": "x"}, REMOTE_ADDR="203.0.113.77")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        rows = cursor.fetchall()

    assert rows
    for key, value in rows:
        assert re.fullmatch("[0-9a-f]{64}", key)
        assert "127.0.0.1" not in passed(value)
        assert "203.0.113.77" not in passed(value)
        assert "canary" not in passed(value)


def passed(value: str) -> str:
    """What is stored under a key, as text: Django pickles it and writes it in base 64."""
    import base64
    import pickle

    return str(pickle.loads(base64.b64decode(value)))  # noqa: S301  (our own, just written)


# Where from ---------------------------------------------------------------------------------------


def from_header(forwarded: str) -> str:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    return client_address(request)


def test_a_header_that_a_client_sends_itself_counts_for_nothing(settings):
    assert from_header("203.0.113.9") == "127.0.0.1"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert from_header("198.51.100.1, 203.0.113.9") == "203.0.113.9"
    assert from_header("spoofed") == UNKNOWN

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert from_header("1.2.3.4, 203.0.113.9, 10.0.0.1") == "203.0.113.9"
    assert from_header("10.0.0.1") == UNKNOWN


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
    ],
)
def test_of_an_address_only_the_network_is_kept(address, kept):
    assert network(address) == kept


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/141.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/605 Safari/605.1.15",
            "Safari, macOS",
        ),
        ("Mozilla/5.0 (X11; Linux) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Linux"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_and_not_singled_out(sent, shown):
    assert browser(sent) == shown


# Second factor ------------------------------------------------------------------------------------


def test_staff_without_a_second_factor_set_one_up_before_anything_else(client, user, required):
    log_in(client, user.email)
    assert client.get(ADMINISTRATION).headers["Location"] == ENROLMENT
    assert client.get("/verwaltung/konto/sitzungen/").headers["Location"] == ENROLMENT
    assert 'href="/verwaltung/konto/zweiter-faktor/app/' in client.get(ENROLMENT).text

    enrol(client)

    codes = client.get("/verwaltung/konto/zweiter-faktor/ersatzcodes/")
    assert len(re.findall(r"<code dir=\"ltr\">\d{8}</code>", codes.text)) == 10
    again = client.get("/verwaltung/konto/zweiter-faktor/ersatzcodes/")
    assert not re.search(r"\d{8}", again.text)
    assert opens(client)


def test_the_next_log_in_asks_for_the_second_factor(client, user, required):
    log_in(client, user.email)
    secret = enrol(client)
    other = Client()

    step = log_in(other, user.email)
    assert step.headers["Location"] == "/verwaltung/konto/zweiter-faktor/eingeben/"
    assert not opens(other)
    wrong = other.post(step.headers["Location"], {"code": "1"})
    assert "errorlist" in wrong.text
    right = other.post(step.headers["Location"], {"code": code(secret)})

    assert right.headers["Location"] == ADMINISTRATION
    assert opens(other)
    third = Client()
    log_in(third, user.email)
    repeated = third.post(step.headers["Location"], {"code": code(secret)})
    assert repeated.status_code == 200, "a code counts once"


def test_a_recovery_code_opens_once(client, user, required):
    log_in(client, user.email)
    enrol(client)
    page = client.get("/verwaltung/konto/zweiter-faktor/ersatzcodes/").text
    recovery = re.search(r"<code dir=\"ltr\">(\d{8})</code>", page)[1]

    for other, expected in ((Client(), True), (Client(), False)):
        step = log_in(other, user.email)
        other.post(step.headers["Location"], {"code": recovery})
        assert opens(other) is expected


def test_a_session_begun_with_a_stolen_password_gains_nothing_by_the_owners_factor(user, required):
    thief, owner = Client(), Client()
    log_in(thief, user.email)
    log_in(owner, user.email)
    enrol(owner)

    assert opens(owner)
    assert not opens(thief)
    assert thief.get(ENROLMENT).headers["Location"].startswith(LOG_IN)


def test_whoever_removes_the_last_factor_sets_up_a_new_one(client, user, required):
    log_in(client, user.email)
    enrol(client)
    client.post("/verwaltung/konto/zweiter-faktor/app/entfernen/")

    assert client.get(ADMINISTRATION).headers["Location"] == ENROLMENT
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_change_of_the_account_wants_the_password_unless_it_was_just_typed(client, user):
    with time_machine.travel(NOW) as clock:
        log_in(client, user.email)
        clock.shift(600)
        answer = client.get("/verwaltung/konto/zweiter-faktor/app/")
        confirm = answer.headers["Location"]
        assert confirm.startswith("/verwaltung/konto/bestaetigen/")
        back = client.post(confirm, {"password": PASSWORD})

        assert back.headers["Location"] == "/verwaltung/konto/zweiter-faktor/app/"
        assert client.get(back.headers["Location"]).status_code == 200


def test_a_passkey_of_somebody_else_does_not_exist(client, user):
    other = factories.user(is_staff=True)
    key = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Geheim", "credential": {}}
    )
    log_in(client, user.email)

    for address in ("", "entfernen/"):
        page = f"/verwaltung/konto/zweiter-faktor/passkeys/{key.pk}/{address}"
        assert client.get(page).status_code == 404
        assert client.post(page, {"name": "x"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Geheim"


def test_secrets_of_factors_are_unreadable_in_the_database(client, user, settings):
    log_in(client, user.email)
    secret = enrol(client)
    stored = {row.type: row.data for row in Authenticator.objects.filter(user=user)}

    assert secret not in str(stored)
    assert sealing.unseal(stored["totp"]["secret"]) == secret


def test_a_new_secret_key_reads_old_factors_and_writes_them_anew(user, settings):
    sealed = sealing.seal("ABC")
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed})
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough for everybody 0123456789"
    assert sealing.unseal(sealed) == "ABC"

    call_command("reseal_second_factors")
    settings.SECRET_KEY_FALLBACKS = []

    assert sealing.unseal(Authenticator.objects.get().data["secret"]) == "ABC"
    assert sealing.unseal(sealed) not in ("ABC", ""), "unreadable, and it matches no code"


def test_a_lost_factor_is_reset_by_a_superuser_and_the_owner_is_told(client, user, required):
    colleague = User.objects.create_user("lost@example.org", PASSWORD, is_staff=True)
    away = Client()
    log_in(away, colleague.email)
    enrol(away)
    log_in(client, user.email)
    enrol(client)
    page = f"/verwaltung/portal/user/{colleague.pk}/change/"
    assert "reset-factor" in client.get(page).text

    client.post(f"/verwaltung/portal/user/{colleague.pk}/reset-factor/")

    assert not Authenticator.objects.filter(user=colleague).exists()
    assert not opens(away)
    [mail] = mails(":second-factor")
    assert mail.recipient == colleague.email
    log_in(away, colleague.email)
    assert away.get(ADMINISTRATION).headers["Location"] == ENROLMENT


def test_a_lost_factor_of_the_only_superuser_is_reset_on_the_server(client, user, required, caplog):
    log_in(client, user.email)
    enrol(client)

    with caplog.at_level("INFO"):
        call_command("reset_second_factor", user.email.upper())

    assert not Authenticator.objects.exists()
    assert not opens(client)
    assert [mail.recipient for mail in mails(":second-factor")] == [user.email]
    assert "second factor reset" in caplog.text
    assert user.email not in caplog.text
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_factor", "nobody@example.org")


# Sessions -----------------------------------------------------------------------------------------


def test_a_session_ends_four_hours_after_the_last_page(client, user):
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(client, user.email)
        for _ in range(2):
            clock.shift(dt.timedelta(hours=3, minutes=50))
            assert opens(client)
        clock.shift(dt.timedelta(hours=4, minutes=2))

        assert not opens(client)


def test_a_session_ends_ten_hours_after_the_log_in_whatever_happens(client, user):
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(client, user.email)
        for _ in range(9):
            clock.shift(dt.timedelta(hours=1, minutes=3))
            assert opens(client)
        clock.shift(dt.timedelta(minutes=40))

        answer = client.get("/verwaltung/portal/user/")

    assert answer.headers["Location"] == "/verwaltung/login/?next=/verwaltung/portal/user/"


def test_a_page_can_ask_how_long_it_has_and_asking_prolongs_nothing(client, user):
    stay = reverse("accounts:stay")
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(client, user.email)
        clock.shift(dt.timedelta(hours=3))
        assert client.get(stay).json() == {"seconds": 3600}
        clock.shift(dt.timedelta(minutes=30))
        assert client.get(stay).json() == {"seconds": 1800}
        kept = client.post(stay, headers={"Accept": "application/json"})
        assert kept.json() == {"seconds": 4 * 3600}
        clock.shift(dt.timedelta(hours=3))
        assert client.get(stay).json() == {"seconds": 3600}
        assert client.post(stay).headers["Location"] == ADMINISTRATION


def test_a_page_says_when_the_session_ends_to_whoever_is_logged_in(client, user):
    assert "data-session-end" not in client.get(LOG_IN).text
    with time_machine.travel(NOW, tick=False):
        log_in(client, user.email)
        assert f'data-session-end="{4 * 3600}"' in client.get(ADMINISTRATION).text


def test_own_sessions_are_seen_with_network_and_browser_and_ended(client, user):
    elsewhere = Client(
        REMOTE_ADDR="203.0.113.77",
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/141.0"},
    )
    log_in(elsewhere, user.email)
    log_in(client, user.email)

    page = client.get("/verwaltung/konto/sitzungen/").text
    assert "203.0.113.0" in page
    assert "Firefox, Windows" in page
    client.post("/verwaltung/konto/sitzungen/")

    assert opens(client)
    assert not opens(elsewhere)
    stored = str(list(UserSession.objects.values()))
    assert "203.0.113.77" not in stored
    assert "Mozilla" not in stored


def test_what_is_known_of_a_session_goes_in_the_night_after_its_end(client, user):
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(Client(), user.email)
        clock.shift(dt.timedelta(hours=5))
        log_in(client, user.email)

        assert jobs.run_now(["sessions"])[0].report == "1 over"
        assert opens(client)

    assert UserSession.objects.count() == 1


def test_no_session_holds_an_address(client, user):
    with time_machine.travel(NOW) as clock:
        log_in(client, user.email)
        clock.shift(600)
        client.post("/verwaltung/konto/zweiter-faktor/app/", {"code": "1"})

        assert "127.0.0.1" not in str(dict(client.session.items()))


def test_sessions_end_when_the_account_is_switched_off_and_do_not_come_back(client, user):
    colleague = User.objects.create_user("c@example.org", PASSWORD, is_staff=True)
    log_in(client, colleague.email)

    lifecycle.switch_off(colleague, by=user)
    assert not opens(client)
    lifecycle.switch_on(colleague, by=user)
    assert not opens(client)
    assert log_in(client, colleague.email).status_code == 200, "the old password is gone, too"


def test_sessions_elsewhere_end_when_the_password_changes(client, user):
    elsewhere = Client()
    log_in(elsewhere, user.email)
    log_in(client, user.email)
    new = "noch ein Rabe liest Zeitung"

    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/verwaltung/konto/passwort/", fields)

    assert opens(client)
    assert not opens(elsewhere)
    assert UserSession.objects.filter(user=user).count() == 1
    assert log_in(Client(), user.email, new).status_code == 302


def test_a_log_in_gets_a_new_session_key(client, user):
    client.get("/verwaltung/konto/passwort/neu/1-abc/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.cookies["session"] = before

    log_in(client, user.email)

    assert client.session.session_key != before


# Passwords ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refused",
    [
        "elfzeichen1",
        "Landkreis-2026",
        "Ansprechbar2026!",
        "passwordpassword",
        "canary@example",
    ],
)
def test_a_password_that_anybody_would_try_is_refused(user, client, refused):
    log_in(client, user.email)
    fields = {"oldpassword": PASSWORD, "password1": refused, "password2": refused}

    answer = client.post("/verwaltung/konto/passwort/", fields)

    assert answer.status_code == 200
    assert "errorlist" in answer.text


@pytest.mark.parametrize(
    "taken", ["nur kleine buchstaben", "728391046628", "ä" * 64, "leipzig " + "wolkenbank"]
)
def test_length_decides_and_nothing_else(taken, user):
    from django.contrib.auth.password_validation import validate_password

    validate_password(taken, user)


def test_names_of_agencies_and_districts_are_words_of_the_house():
    factories.agency("Anlaufstelle Musterau", factories.district("Landkreis Beispielheim"))

    for password in ("Beispielheim123", "musterau-2026"):
        with pytest.raises(ValidationError):
            passwords.ContextWordsValidator().validate(password)


def test_known_and_unknown_addresses_get_the_same_answer_and_only_one_a_mail(client, user):
    factories.user("closed@example.org", is_staff=True, is_active=False)
    factories.user("resident@example.org", is_staff=False)
    answers = set()
    for email in (
        user.email.upper(),
        "nobody@example.org",
        "closed@example.org",
        "resident@example.org",
    ):
        answer = client.post("/verwaltung/konto/passwort/vergessen/", {"email": email}, follow=True)
        answers.add((answer.status_code, answer.redirect_chain[0], answer.text))

    assert len(answers) == 1
    [mail] = OutboxMessage.objects.all()
    assert mail.recipient == user.email
    assert mail.is_secret
    assert user.name not in mail.subject


def test_the_link_to_a_new_password_works_once_and_for_a_day(client, user):
    with time_machine.travel(NOW, tick=False) as clock:
        client.post("/verwaltung/konto/passwort/vergessen/", {"email": user.email})
        link = link_in(mails(":password")[0])
        clock.shift(dt.timedelta(hours=24, minutes=1))
        assert "vergessen" in client.get(link).text, "too late: it offers a new one"
        clock.shift(dt.timedelta(hours=-1))
        page = client.get(link)
        assert page.headers["Location"].endswith("-set-password/"), "the key leaves the address"
        new = "ein neuer Rabe liest Zeitung"
        client.post(page.headers["Location"], {"password1": new, "password2": new})

        assert log_in(Client(), user.email, new).status_code == 302
        assert "vergessen" in Client().get(link).text, "used"


def test_changes_of_the_account_are_mailed_and_recorded_without_addresses(client, user, caplog):
    caplog.set_level("INFO", "portal")
    with time_machine.travel(NOW):
        log_in(client, user.email)
        with_factor = Client()
        log_in(with_factor, user.email)
        enrol(with_factor)

    assert [mail.recipient for mail in mails("changed-totp-activated")] == [user.email]
    assert LogEntry.objects.filter(object_id=str(user.pk)).count() >= 2
    assert "totp added" in caplog.text
    assert "canary" not in caplog.text
    assert "Kanari" not in caplog.text
    assert "127.0.0.1" not in caplog.text


# Accounts of the site -----------------------------------------------------------------------------


def test_a_superuser_makes_an_account_and_its_owner_begins_with_the_link(client, user):
    log_in(client, user.email)
    client.post("/verwaltung/portal/user/add/", {"email": "Neu@example.org", "name": "Neu"})
    new = User.objects.get(email__iexact="neu@example.org")
    assert not new.has_usable_password()
    assert new.is_staff

    client.post(f"/verwaltung/portal/user/{new.pk}/invite/")
    first, second = mails(f":{new.pk}:password")
    assert (first.is_current, second.is_current) == (False, True)
    theirs = Client()
    page = theirs.get(link_in(second)).headers["Location"]
    theirs.post(page, {"password1": PASSWORD, "password2": PASSWORD})

    assert log_in(theirs, new.email).status_code == 302
    nothing = client.post(f"/verwaltung/portal/user/{new.pk}/invite/", follow=True)
    assert nothing.status_code == 200
    assert len(mails(f":{new.pk}:password")) == 2


def test_rights_and_switches_of_an_account_are_logged_and_nobody_takes_their_own(
    client, user, caplog
):
    caplog.set_level("INFO", "portal")
    other = User.objects.create_user("other@example.org", PASSWORD, is_staff=True)
    log_in(client, user.email)
    theirs = Client()
    log_in(theirs, other.email)
    page = f"/verwaltung/portal/user/{other.pk}/change/"

    client.post(page, {"email": other.email, "name": "", "is_superuser": "on", "is_active": "on"})
    client.post(page, {"email": other.email, "name": "", "is_superuser": "on"})
    client.post(f"/verwaltung/portal/user/{user.pk}/change/", {"email": user.email, "name": "K"})

    assert "superuser rights given" in caplog.text
    assert "switched off" in caplog.text
    assert "example.org" not in caplog.text
    assert not opens(theirs)
    user.refresh_from_db()
    assert user.is_active
    assert user.is_superuser
