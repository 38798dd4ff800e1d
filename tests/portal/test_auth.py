import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ImproperlyConfigured

from portal.auth import refuse_demo_accounts
from portal.models import User
from tests.servers import PRODUCTION, manage

PASSWORD = "correct horse battery"


class CountingHasher(MD5PasswordHasher):
    """Remembers what it was given to hash."""

    hashed: list[str] = []

    def encode(self, password, salt):
        self.hashed.append(password)
        return super().encode(password, salt)


@pytest.fixture
def user(db) -> User:
    return User.objects.create_user("editor@example.org", PASSWORD, is_staff=True)


@pytest.fixture
def demo_user(db) -> User:
    return User.objects.create_user("demo@example.org", PASSWORD, is_staff=True, is_demo=True)


@pytest.mark.parametrize("written", ["editor@example.org", "Editor@Example.ORG"])
def test_an_address_logs_in_in_any_case(user, written):
    assert authenticate(username=written, password=PASSWORD) == user


def test_a_wrong_password_and_an_inactive_account_do_not_log_in(user):
    assert authenticate(username=user.email, password="wrong") is None
    User.objects.update(is_active=False)
    assert authenticate(username=user.email, password=PASSWORD) is None


def test_an_unknown_address_costs_a_hash_too(db, settings, django_assert_num_queries):
    settings.PASSWORD_HASHERS = ["tests.portal.test_auth.CountingHasher"]
    with django_assert_num_queries(1):
        assert authenticate(username="nobody@example.org", password=PASSWORD) is None
    assert CountingHasher.hashed == [PASSWORD]


def test_a_demo_account_logs_in_to_the_demo_only(demo_user, settings):
    assert authenticate(username=demo_user.email, password=PASSWORD) == demo_user
    settings.PRODUCTION = True
    assert authenticate(username=demo_user.email, password=PASSWORD) is None


def test_a_demo_session_does_not_outlive_the_switch_to_production(client, demo_user, settings):
    client.force_login(demo_user)
    settings.PRODUCTION = True
    response = client.get("/verwaltung/")
    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_production_is_refused_while_a_demo_account_is_active(demo_user):
    with pytest.raises(ImproperlyConfigured, match="1 active demo account"):
        refuse_demo_accounts()
    User.objects.update(is_active=False)
    refuse_demo_accounts()


def test_a_database_without_tables_is_reported_and_does_not_stop_the_start(empty_database):
    code = "import portal.wsgi"
    result = manage("shell", "--no-imports", "-c", code, DATABASE_URL=empty_database, **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "manage.py migrate" in result.stderr


def log_in(client, email: str, password: str, **fields):
    fields = {"login": email, "password": password} | fields
    return client.post("/verwaltung/konto/anmelden/", fields)


@pytest.mark.parametrize("wanted", ["", "//elsewhere.example/"])
def test_a_log_in_without_a_way_back_leads_to_the_administration(client, user, wanted):
    response = log_in(client, user.email, PASSWORD, next=wanted)

    assert (response.status_code, response["Location"]) == (302, "/verwaltung/")


def test_a_log_out_leads_to_the_start_page(client, user):
    client.force_login(user)

    response = client.post("/verwaltung/logout/")

    assert (response.status_code, response["Location"]) == (302, "/de/")


def test_a_log_in_leaves_one_line_that_names_nobody(client, user, caplog):
    caplog.set_level("INFO", "portal")

    log_in(client, user.email, "wrong")
    log_in(client, user.email.upper(), PASSWORD)

    ours = [record for record in caplog.records if record.name == "portal.log_ins"]
    failed, done = (record.getMessage() for record in ours)
    assert failed.startswith("Log-in failed for account ")
    assert done.startswith("Log-in of account ")
    assert failed.split()[-1] == done.split()[-1]  # the same account
    assert user.email not in caplog.text.lower()
    assert "127.0.0.1" not in caplog.text
