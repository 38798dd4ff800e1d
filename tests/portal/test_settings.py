import re

import pytest

from tests.servers import PRODUCTION, manage

DATABASE = {"DATABASE_URL": "sqlite:////nowhere.sqlite3"}


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


def test_a_language_that_there_is_not_is_named():
    result = manage("check", **{**PRODUCTION, **DATABASE, "LANGUAGES": "de,xx,zh-cn"})
    assert result.returncode != 0
    assert "LANGUAGES: not the code of a language: xx, zh-cn." in result.stderr


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT is a number from 1 to 65535, not 'smtp'."),
        ({"EMAIL_USE_TLS": "ja"}, "EMAIL_USE_TLS is true or false, not 'ja'."),
        ({"SITE_URL": "https://[bad"}, "SITE_URL is no address: 'https://[bad'."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is json or line, not 'xml'."),
        ({"CACHE_URL": "redis://:secret@host:port/1"}, "CACHE_URL is no address of a cache"),
        ({"DATABASE_URL": "secret"}, "DATABASE_URL is no address of a database"),
        ({"DATABASE_URL": "postgres://me:secret/1@host/db"}, "DATABASE_URL is no address"),
        ({"EMAIL_PASSWORD_FILE": "/nowhere"}, "EMAIL_PASSWORD_FILE names a file that cannot"),
    ],
)
def test_a_slip_in_the_environment_is_one_line_that_names_it(slip, said):
    result = manage("check", **{**PRODUCTION, **DATABASE, **slip})
    assert result.returncode == 1
    assert result.stderr.startswith(f"ImproperlyConfigured: {said}")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stderr


def test_a_variable_that_is_empty_is_as_good_as_none():
    empty = dict.fromkeys(("EMAIL_PORT", "TRUSTED_PROXIES", "EMAIL_USE_TLS", "VAR_DIR"), "")
    told = "from django.conf import settings as s; print(s.EMAIL_PORT, s.EMAIL_USE_TLS, s.VAR_DIR)"
    result = manage("shell", "-v", "0", "-c", told, **empty)
    assert re.fullmatch(r"587 True /.+/var\n", result.stdout)


def test_a_database_that_is_not_there_or_empty_is_one_clear_answer(tmp_path):
    result = manage("setup", DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "has `manage.py migrate` run there?" in result.stderr


def test_a_security_contact_is_an_address_that_programs_understand():
    result = manage("check", **{**PRODUCTION, **DATABASE, "SECURITY_CONTACT": "me@example.org"})
    assert result.returncode != 0
    assert "SECURITY_CONTACT begins with mailto: or https:" in result.stderr


def test_mail_is_encrypted_by_default_and_its_password_may_come_from_a_file(tmp_path):
    password = tmp_path / "password"
    password.write_text("geheim\n")
    told = "from django.conf import settings as s; print(s.EMAIL_USE_TLS, [s.EMAIL_HOST_PASSWORD])"
    result = manage("shell", "-v", "0", "-c", told, EMAIL_PASSWORD_FILE=str(password))
    assert result.stdout.strip() == "True ['geheim']"
    both = manage("check", EMAIL_USE_TLS="true", EMAIL_USE_SSL="true")
    assert "only one can be true" in both.stderr
