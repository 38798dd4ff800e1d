"""The account behind the entrance: another address, a copy of one's data, and the end."""

import datetime as dt
import io
import json
import re
import zipfile

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from contacts.models import Publication
from portal import entrance, jobs, my_data, own_links, privacy
from portal.accounts import journal
from portal.models import EntranceLink, LoginCode, OutboxMessage, User
from portal.privacy import Export, File, PersonalData
from tests import factories
from tests.portal.entering import CODE, ask, code_in, enter, entered, newest_mail, shown

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
EMAIL, NEW = "amal@example.org", "neu@example.org"
ACCOUNT, CHANGE = "/de/konto/", "/de/konto/e-mail/"
DATA, DELETE = "/de/konto/daten/", "/de/konto/loeschen/"


@pytest.fixture(autouse=True)
def only_what_portal_has(monkeypatch):
    monkeypatch.setattr(own_links, "_links", [])
    own = {name: privacy._registered[name] for name in ("account", "mails")}
    monkeypatch.setattr(privacy, "_registered", own)


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def codes(new: str = NEW) -> dict[str, str]:
    return {"old_code": code_in(EMAIL), "new_code": code_in(new)}


# Another address ----------------------------------------------------------------------------------


def test_a_new_address_counts_once_both_mailboxes_have_confirmed_it():
    client, elsewhere = entered(EMAIL), entered(EMAIL)
    assert client.post(CHANGE, {"email": "Neu@Example.org"}).headers["Location"] == CHANGE
    assert User.objects.get().email == EMAIL
    right = codes()
    for wrong in ({"old_code": "000000"}, {"new_code": "000000"}):
        answer = client.post(CHANGE, right | wrong)
        assert answer.status_code == 422
        assert User.objects.get().email == EMAIL

    answer = client.post(CHANGE, right)

    assert answer.headers["Location"] == f"{ACCOUNT}?geaendert"
    assert User.objects.get().email == NEW
    assert [is_in(client), is_in(elsewhere)] == [True, False]
    told = newest_mail(EMAIL)
    assert not re.search(r"\d{6}", told.body)
    assert NEW not in told.body
    assert enter(Client(REMOTE_ADDR="192.0.2.1"), NEW).headers["Location"] == ACCOUNT
    assert User.objects.count() == 1
    assert client.post(CHANGE, right).headers["Location"] == CHANGE  # nothing waits any more


def test_an_address_of_somebody_else_looks_like_a_free_one_and_is_never_taken():
    factories.user("staff@example.org", is_staff=True)
    pages = {}
    for number, new in enumerate(("frei@example.org", "staff@example.org")):
        User.objects.filter(email=EMAIL).delete()
        client = entered(EMAIL)
        client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        asked = client.post(CHANGE, {"email": new})
        page = client.get(CHANGE)
        wrong = client.post(CHANGE, {"old_code": code_in(EMAIL), "new_code": "000000"})
        pages[new] = [
            (a.status_code, re.sub(rf"csrf\S+ value=\S+|{new}|\d{{6}}", "", shown(a)))
            for a in (asked, page, wrong)
        ]

    assert pages["frei@example.org"] == pages["staff@example.org"]
    body = newest_mail("staff@example.org").body
    assert not re.search(r"\d{6}", body)
    assert EMAIL not in body


def test_a_code_for_the_log_in_changes_no_address():
    client = entered(EMAIL)
    client.post(CHANGE, {"email": NEW})
    new_code = code_in(NEW)
    ask(client, EMAIL)  # already in: no code
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    ask(stranger, EMAIL)

    answer = client.post(CHANGE, {"old_code": code_in(EMAIL), "new_code": new_code})

    assert answer.status_code == 422
    assert User.objects.get(email=EMAIL)


@pytest.mark.parametrize("typed", [EMAIL, "AMAL@example.org", "", "nichts", "\0"])
def test_an_address_that_changes_nothing_is_no_new_one(typed):
    client = entered(EMAIL)

    assert client.post(CHANGE, {"email": typed}).status_code == 422
    assert OutboxMessage.objects.count() == 0


def test_codes_for_a_new_address_are_limited():
    client = entered(EMAIL)

    answers = [client.post(CHANGE, {"email": f"{n}@example.org"}).status_code for n in range(6)]

    assert answers == [302] * 5 + [429]


# A copy of one's data -----------------------------------------------------------------------------


def archive_of(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_my_data_is_a_zip_for_people_and_programs_with_the_files():
    def export(user: User) -> Export:
        data = {"title": "Fest <im> Hof ☕", "day": dt.date(2026, 11, 23), "open": True, "no": None}
        files = [
            File("../../etc/pläne\u202e.pdf", lambda: io.BytesIO(b"%PDF-1")),
            File("../../etc/pläne.pdf", lambda: io.BytesIO(b"%PDF-2")),
            File("...", lambda: io.BytesIO(b"%PDF-3")),
        ]
        return Export([data], {"title": "Titel"}, files)

    privacy.register(
        PersonalData(name="drafts", label="Entwürfe", export=export, erase=lambda user, now: False)
    )
    client, _other = entered(EMAIL), entered("badr@example.org")
    factories.mail(recipient=EMAIL, body="Ihr Antrag ist da.")
    factories.mail(recipient=EMAIL, body="123456", is_secret=True)
    factories.mail(recipient="badr@example.org", body="nicht für Amal")

    answer = client.post(DATA)

    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer.headers["Cache-Control"]
    archive = archive_of(answer)
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "data.html",
        "data.json",
        "files/drafts/-..-etc-pläne 2.pdf",
        "files/drafts/-..-etc-pläne.pdf",
        "files/drafts/file",
    ]
    values = json.loads(archive.read("data.json"))
    assert values["account"]["email"] == EMAIL
    assert len(values["account"]["sessions"]) == 1
    assert [mail["text"] for mail in values["mails"]] == ["Ihr Antrag ist da.", ""]
    assert values["drafts"][0]["title"] == "Fest <im> Hof ☕"
    page = archive.read("data.html").decode()
    assert '<html lang="de" dir="ltr">' in page
    assert "Fest &lt;im&gt; Hof ☕" in page
    assert "<dt>Titel</dt>" in page
    assert "23. November 2026" in page
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "badr" not in everything
    assert "123456" not in everything
    assert archive.read("files/drafts/-..-etc-pläne 2.pdf") == b"%PDF-2"


def test_my_data_are_for_their_owner_by_post_and_not_too_often():
    assert Client().post(DATA).headers["Location"].startswith("/de/anmelden/")
    client = entered(EMAIL)
    assert client.get(DATA).headers["Location"] == ACCOUNT

    answers = []
    for _ in range(11):
        answer = client.post(DATA)
        answers.append(answer.status_code)
        assert answer.status_code == 429 or archive_of(answer).testzip() is None

    assert answers == [200] * 10 + [429]


def test_a_large_copy_is_written_to_a_file(monkeypatch):
    monkeypatch.setattr(my_data, "IN_MEMORY", 100)
    stream = my_data.write(User.objects.create_user(EMAIL), now=NOW)

    assert zipfile.ZipFile(stream).testzip() is None
    stream.close()


# The end ------------------------------------------------------------------------------------------


def leave_traces() -> User:
    """Everything that portal stores about somebody."""
    user = User.objects.get(email=EMAIL)
    ask(Client(REMOTE_ADDR="192.0.2.1"), EMAIL)
    entrance.resume_link(user, "/de/", site="https://example.org", now=NOW)
    entrance.arrival_link("x", {}, email=EMAIL, site="https://example.org", now=NOW)
    factories.mail(recipient="Amal@example.org", body="Guten Tag, Amal")
    journal.note(user, "Account switched on again.", event="switched on")
    return user


def rest_of(word: str) -> list[str]:
    """The tables in which `word` stands somewhere."""
    models = (User, UserSession, EntranceLink, LoginCode, OutboxMessage, LogEntry)
    rows = [(model.__name__, str(row)) for model in models for row in model.objects.values()]
    return [name for name, row in rows if word in row.lower()]


def test_who_deletes_the_account_leaves_nothing_but_a_last_mail():
    client, elsewhere = entered(EMAIL), entered(EMAIL)
    user = leave_traces()
    assert client.get(DELETE).status_code == 200
    assert User.objects.count() == 1

    answer = client.post(DELETE)

    assert answer.status_code == 200
    assert 'class="signed-in"' not in answer.text
    assert [is_in(client), is_in(elsewhere)] == [False, False]
    assert not User.objects.filter(pk=user.pk).exists()
    assert rest_of("amal") == ["OutboxMessage"]
    assert "gelöscht" in newest_mail(EMAIL).body or "deleted" in newest_mail(EMAIL).body
    jobs.run_now(["login-codes"], tell_time=lambda: timezone.now() + dt.timedelta(days=2))
    assert rest_of("amal") == []
    assert LoginCode.objects.count() == EntranceLink.objects.count() == 0


def test_what_has_to_stay_is_said_before_and_keeps_the_account_without_a_name():
    def nothing(user: User) -> Export:
        return Export({})

    privacy.register(
        PersonalData(
            name="cases",
            label="Anträge",
            export=nothing,
            erase=lambda user, now: True,
            kept=lambda user: "Ihr Antrag bleibt bis 2031.",
        )
    )
    client = entered(EMAIL)
    user = leave_traces()
    assert "Ihr Antrag bleibt bis 2031." in client.get(DELETE).text

    assert "Ihr Antrag bleibt bis 2031." in client.post(DELETE).text

    assert "Ihr Antrag bleibt bis 2031." in newest_mail(EMAIL).body
    user.refresh_from_db()
    assert re.fullmatch(r"deleted-[0-9a-f-]{36}@example\.invalid", user.email)
    assert (user.is_active, user.name, user.has_usable_password()) == (False, "", False)
    assert not is_in(client)
    assert rest_of("amal") == ["OutboxMessage"]
    assert enter(Client(REMOTE_ADDR="192.0.2.2"), EMAIL).status_code == 302  # a new account
    assert User.objects.get(email=EMAIL).pk != user.pk


def test_a_row_that_no_app_has_named_keeps_the_account_without_a_name():
    user = User.objects.create_user(EMAIL)
    Publication.objects.create(agency=factories.agency(), published_at=NOW, published_by=user)

    assert privacy.erase(user, now=NOW) is False
    user.refresh_from_db()
    assert user.email.startswith("deleted-")


def test_accounts_of_staff_are_not_erased():
    with pytest.raises(ValueError, match="switched off"):
        privacy.erase(factories.user(is_staff=True), now=NOW)


def test_a_mail_that_waits_for_somebody_who_is_gone_is_not_sent(settings):
    settings.DEMO = False
    user = User.objects.create_user(EMAIL)
    waiting = factories.mail(recipient=EMAIL)

    privacy.erase(user, now=NOW)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.recipient, waiting.body) == ("superseded", "", "")


def test_the_way_back_in_after_a_code_of_before_is_closed():
    """A code that was on its way when the account was deleted makes no new one by accident."""
    client = entered(EMAIL)
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    ask(stranger, EMAIL)
    code = code_in(EMAIL)

    client.post(DELETE)

    assert stranger.post(CODE, {"code": code}).status_code == 422
    assert User.objects.count() == 0
