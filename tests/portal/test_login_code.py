"""Codes: keyed hashes, ten minutes, three tries, one session, one use, and never for staff."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from contacts.models import StaffRole
from contacts.roles import Role
from portal import jobs, login_code
from portal.auth import ApplicantBackend, StaffBackend
from portal.login_code import Entry, Outcome, Purpose
from portal.models import LoginCode, OutboxMessage, User
from tests import factories
from tests.portal.entering import code_in, newest_mail

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
EMAIL = "amal@example.org"
NONCE = "session-one"


def issue(email: str = EMAIL, *, nonce: str = NONCE, now: dt.datetime = NOW, **fields) -> None:
    login_code.issue(email, nonce=nonce, site="https://example.org", now=now, **fields)


def entry(code: str, **fields) -> Entry:
    return Entry(**{"nonce": NONCE, "email": EMAIL, "code": code} | fields)


def tried(code: str, *, now: dt.datetime = NOW, **fields) -> tuple[Outcome, int]:
    checked = login_code.check(entry(code, **fields), now=now)
    return checked.outcome, checked.tries_left


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# What counts --------------------------------------------------------------------------------------


def test_the_code_from_the_mail_is_right_once():
    issue()
    code = code_in(EMAIL)

    assert tried(code, now=NOW + 9 * MINUTE) == (Outcome.RIGHT, 0)
    assert tried(code, now=NOW + 9 * MINUTE) == (Outcome.OVER, 0)


def test_a_code_of_another_session_address_purpose_or_hour_is_none():
    issue()
    code = code_in(EMAIL)

    assert tried(code, nonce="session-two") == (Outcome.OVER, 0)
    assert tried(code, purpose=Purpose.NEW_ADDRESS) == (Outcome.OVER, 0)
    assert tried(code, now=NOW + 10 * MINUTE) == (Outcome.OVER, 0)
    assert tried(code, email="badr@example.org") == (Outcome.WRONG, 2)
    assert tried(code, email="AMAL@example.org ") == (Outcome.RIGHT, 0)


def test_after_three_wrong_codes_the_right_one_comes_too_late():
    issue()
    code = code_in(EMAIL)

    answers = [tried(other_than(code)) for _ in range(4)]

    assert answers == [(Outcome.WRONG, 2), (Outcome.WRONG, 1), (Outcome.OVER, 0), (Outcome.OVER, 0)]
    assert tried(code) == (Outcome.OVER, 0)


def test_only_the_newest_code_counts():
    issue()
    first = code_in(EMAIL)
    issue(now=NOW + MINUTE)
    second = code_in(EMAIL)

    if first != second:
        assert tried(first, now=NOW + MINUTE) == (Outcome.WRONG, 2)
    assert tried(second, now=NOW + MINUTE) == (Outcome.RIGHT, 0)
    states = OutboxMessage.objects.order_by("pk").values_list("state", "is_current")
    assert list(states) == [("superseded", False), ("kept", True)]


def test_two_codes_are_right_together_or_not_at_all():
    issue(purpose=Purpose.OLD_ADDRESS)
    issue("new@example.org", purpose=Purpose.NEW_ADDRESS)
    old = entry(code_in(EMAIL), purpose=Purpose.OLD_ADDRESS)
    new = {"email": "new@example.org", "purpose": Purpose.NEW_ADDRESS}
    right, wrong = (
        entry(code, **new)
        for code in (code_in("new@example.org"), other_than(code_in("new@example.org")))
    )

    assert login_code.check_all([old, wrong], now=NOW).outcome is Outcome.WRONG
    assert login_code.check_all([old, right], now=NOW).outcome is Outcome.RIGHT
    assert login_code.check_all([old, right], now=NOW).outcome is Outcome.OVER


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_the_same_moment_three_are_looked_at_and_one_gets_in():
    """Threads with connections of their own, on either database."""
    issue()
    code = code_in(EMAIL)
    issue("badr@example.org", nonce="session-two")
    others = code_in("badr@example.org")

    def right(_number: int) -> Outcome:
        try:
            return tried(code)[0]
        finally:
            connections.close_all()

    def wrong(_number: int) -> Outcome:
        try:
            return tried(other_than(others), email="badr@example.org", nonce="session-two")[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        rights, wrongs = list(pool.map(right, range(12))), list(pool.map(wrong, range(24)))

    assert rights.count(Outcome.RIGHT) == 1
    assert set(rights) == {Outcome.RIGHT, Outcome.OVER}
    assert wrongs.count(Outcome.WRONG) <= 3
    assert [row.tries for row in LoginCode.objects.filter(used_at=None)] == [3]
    assert tried(others, email="badr@example.org", nonce="session-two") == (Outcome.OVER, 0)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("123-456", "123456"),
        ("123\u2009456\u200e", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("۱۲۳۴۵۶", "123456"),
        ("12345", ""),
        ("1234567", ""),
        ("12345a", ""),
        ("½²³45", ""),
        ("", ""),
        ("\0" * 6, ""),
    ],
)
def test_digits_are_read_as_people_type_and_paste_them(typed, digits):
    assert login_code.read_digits(typed) == digits


# Who gets which mail ------------------------------------------------------------------------------


def people() -> dict[str, str]:
    """An address of each kind, by kind."""
    by_role = factories.user("role@example.org")
    StaffRole.objects.create(user=by_role, agency=factories.agency(), role=Role.EDITOR)
    return {
        "unknown": "nobody@example.org",
        "applicant": factories.user("applicant@example.org").email,
        "staff": factories.user("staff@example.org", is_staff=True).email,
        "staff by role": by_role.email,
        "superuser": factories.user("boss@example.org", is_superuser=True).email,
        "closed": factories.user("closed@example.org", is_active=False).email,
        "former staff": factories.user("f@example.org", is_staff=True, is_active=False).email,
    }


def test_staff_and_closed_accounts_get_a_mail_without_a_code():
    has_code = {}
    for kind, email in people().items():
        issue(email, nonce=kind)
        has_code[kind] = bool(re.search(r"\d{6}", newest_mail(email).body))

    assert [kind for kind, found in has_code.items() if found] == ["unknown", "applicant"]
    staff = newest_mail("staff@example.org").body
    assert "https://example.org/verwaltung/" in staff
    assert "Passwort" in staff or "password" in staff
    assert "https://" not in newest_mail("closed@example.org").body


def test_every_address_costs_the_same_and_leaves_the_same():
    counts = {}
    for number, (kind, email) in enumerate(people().items(), start=1):
        with CaptureQueriesContext(connection) as queries:
            issue(email, nonce=kind)
        counts[kind] = len(queries)
        assert LoginCode.objects.count() == OutboxMessage.objects.count() == number

    by_role = counts.pop("staff by role")  # its agency is asked for
    assert len(set(counts.values())) == 1, counts
    assert by_role - counts["unknown"] <= 1


def test_the_mail_names_nobody_is_secret_and_useless_after_its_time(settings):
    with override("en"):
        issue()
    message = newest_mail(EMAIL)
    code = code_in(EMAIL)

    assert (message.is_secret, message.not_after) == (True, NOW + 10 * MINUTE)
    assert code not in message.subject + message.about
    assert "amal" not in (message.subject + message.about + message.body).lower()
    settings.DEMO = False
    assert message.text_is_hidden
    english, german = message.body.split("\n---\n")
    assert "Good day" in english
    assert code in english
    assert code in german
    assert message.language == "en"


def test_a_mail_in_german_says_it_once():
    with override("de"):
        issue()

    assert "---" not in newest_mail(EMAIL).body


def test_no_table_holds_a_code_or_an_address_but_the_mail():
    issue()
    row = LoginCode.objects.get()
    stored = "|".join(str(getattr(row, field.attname)) for field in LoginCode._meta.fields)

    assert code_in(EMAIL) not in stored
    assert "amal" not in stored
    assert NONCE not in stored


# Who may come in by which door --------------------------------------------------------------------


def test_each_account_has_one_door_or_none(settings):
    doors = {
        kind: (
            ApplicantBackend().user_can_authenticate(user),
            StaffBackend().user_can_authenticate(user),
        )
        for kind, email in people().items()
        if (user := User.objects.of_address(email))
    }

    assert doors == {
        "applicant": (True, False),
        "staff": (False, True),
        "staff by role": (False, False),
        "superuser": (False, False),
        "closed": (False, False),
        "former staff": (False, False),
    }
    demo = factories.user(is_demo=True)
    settings.PRODUCTION = True
    assert not ApplicantBackend().user_can_authenticate(demo)


# Clearing away ------------------------------------------------------------------------------------


def test_the_night_takes_codes_and_the_addresses_of_their_mails():
    issue()
    issue("badr@example.org", nonce="session-two", now=NOW + dt.timedelta(days=2))

    [ran] = jobs.run_now(["login-codes"], tell_time=lambda: NOW + dt.timedelta(days=2))

    assert (ran.report, ran.error) == ("1 codes, 0 links, 1 mails", "")
    assert LoginCode.objects.count() == 1
    assert list(OutboxMessage.objects.order_by("pk").values_list("recipient", flat=True)) == [
        "",
        "badr@example.org",
    ]
