import pytest

from portal.checks import mail_can_leave_and_is_encrypted
from tests.servers import PRODUCTION, manage

DATABASE = {"DATABASE_URL": "sqlite:////nowhere.sqlite3"}


def test_production_settings_pass_every_deployment_check_on_an_empty_database(migrated_database):
    site = {**PRODUCTION, "DATABASE_URL": migrated_database}
    strict = ("check", "--deploy", "--fail-level", "WARNING", "--database", "default")
    checked = manage(*strict, **site)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL"])
def test_production_does_not_start_without_what_it_needs(missing):
    site = {**PRODUCTION, **DATABASE, missing: ""}
    result = manage("check", **site)
    assert result.returncode != 0
    assert f"MODE=production needs {missing}" in result.stderr


def test_production_refuses_a_short_key_and_an_unknown_mode():
    short = manage("check", **{**PRODUCTION, **DATABASE, "SECRET_KEY": "short"})
    assert "SECRET_KEY is too short" in short.stderr
    assert "MODE is demo or production" in manage("check", MODE="prod").stderr


def test_a_secret_may_come_from_a_file(tmp_path):
    key = tmp_path / "key"
    key.write_text(PRODUCTION["SECRET_KEY"])
    site = {**PRODUCTION, **DATABASE, "SECRET_KEY_FILE": str(key)}
    del site["SECRET_KEY"]
    assert manage("check", **site).returncode == 0


def test_a_public_address_without_tls_and_nobody_to_tell_of_holes_are_warnings(empty_database):
    site = {**PRODUCTION, "DATABASE_URL": empty_database}
    site |= {"SITE_URL": "http://ansprechbar.test", "SECURITY_CONTACT": ""}
    result = manage("check", "--deploy", **site)
    assert "portal.W001" in result.stderr
    assert "portal.W002" in result.stderr


def test_a_security_contact_is_an_address_that_programs_understand():
    result = manage("check", **{**PRODUCTION, **DATABASE, "SECURITY_CONTACT": "me@example.org"})
    assert result.returncode != 0
    assert "SECURITY_CONTACT begins with mailto: or https:" in result.stderr


@pytest.mark.parametrize(
    ("variables", "warning"),
    [
        ({"EMAIL_HOST": ""}, "portal.W003"),
        ({"DEFAULT_FROM_EMAIL": ""}, "portal.W003"),
        ({"DEFAULT_FROM_EMAIL": "Portal"}, "portal.W003"),
        ({"EMAIL_USE_TLS": "false"}, "portal.W004"),
        ({"EMAIL_USE_TLS": "false", "EMAIL_HOST": "localhost"}, ""),
        ({"EMAIL_USE_SSL": "true", "EMAIL_PORT": "465"}, ""),
    ],
)
def test_mail_that_cannot_leave_or_travels_in_the_clear_is_a_warning(variables, warning, settings):
    settings.DEMO, settings.EMAIL_HOST = False, "mail.example.org"
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@example.org>"
    for name, value in {"EMAIL_USE_TLS": "true", "EMAIL_USE_SSL": "false", **variables}.items():
        setattr(settings, name, value == "true" if "_USE_" in name else value)

    found = [message.id for message in mail_can_leave_and_is_encrypted(None)]
    assert found == ([warning] if warning else [])


def test_mail_is_encrypted_by_default_and_its_password_may_come_from_a_file(tmp_path):
    password = tmp_path / "password"
    password.write_text("geheim\n")
    told = "from django.conf import settings as s; print(s.EMAIL_USE_TLS, [s.EMAIL_HOST_PASSWORD])"
    result = manage("shell", "-v", "0", "-c", told, EMAIL_PASSWORD_FILE=str(password))
    assert result.stdout.strip() == "True ['geheim']"
    both = manage("check", EMAIL_USE_TLS="true", EMAIL_USE_SSL="true")
    assert "only one can be true" in both.stderr
