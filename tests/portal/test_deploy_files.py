"""compose.yaml, the units and the docs name the same variables, and those that the code reads."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.servers import ROOT

DOCS = (ROOT / "docs/operations.md").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
READ = re.compile(r'(?:env\.\w+\(\s*|os\.environ(?:\.get)?[\[(]\s*)"([A-Z0-9_]+)"')
# Not for operators: set by Docker, Python or ourselves.
OWN = {"PROMETHEUS_MULTIPROC_DIR", "DJANGO_SETTINGS_MODULE", "OPENPYXL_LXML"}


def read_by_the_code() -> set[str]:
    paths = [*(ROOT / "portal").rglob("*.py"), ROOT / "deploy/gunicorn.conf.py"]
    return {name for path in paths for name in READ.findall(path.read_text("utf-8"))} - OWN


def environments() -> dict[str, dict]:
    services = yaml.safe_load(COMPOSE)["services"]
    return {name: service.get("environment", {}) for name, service in services.items()}


def documented(name: str) -> bool:
    return f"`{name}`" in DOCS


def test_the_docs_name_every_variable():
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    assert {"SITE_HOST", "METRICS_BIND", "FILES_S3_BUCKET"} < asked
    read = read_by_the_code()
    assert {"MODE", "CACHE_URL", "WEB_CONCURRENCY", "FILES_S3_SECRET"} < read

    assert sorted(name for name in asked | read if not documented(name)) == []


def test_every_variable_of_the_docs_is_read():
    table = re.findall(r"^\| ((?:`[A-Z0-9_]+`(?:, )?)+) \|", DOCS, re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"`([A-Z0-9_]+)`", cell)}
    others = {"SITE_HOST", "UPSTREAM", "MIGRATE", "METRICS_PORT"}  # of compose.yaml and deploy/

    assert sorted(named - read_by_the_code() - others) == []


def test_containers_are_given_only_what_the_code_reads():
    read = read_by_the_code() | {"MIGRATE"}
    for service in ("web", "jobs", "migrate"):
        names = {name.removesuffix("_FILE") for name in environments()[service]}
        assert sorted(names - read) == []
    assert environments()["web"]["JOBS"] == environments()["web"]["MIGRATE"] == "off"


def test_every_secret_of_a_service_exists_and_is_made():
    compose = yaml.safe_load(COMPOSE)
    made = (ROOT / "deploy/new-secrets").read_text()
    for service in compose["services"].values():
        wanted = {Path(v).name for n, v in service.get("environment", {}).items() if "_FILE" in n}
        assert wanted == set(service.get("secrets", []))
        assert wanted <= set(compose["secrets"])
    for name in compose["secrets"]:
        assert name in made or name.removesuffix("_password") in made


@pytest.mark.parametrize(
    "unit", sorted(ROOT.glob("deploy/systemd/*.service")), ids=lambda u: u.name
)
def test_a_unit_starts_what_is_there(unit):
    text = unit.read_text()
    (start,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    for part in shlex.split(start.replace("/opt/ansprechbar/current/", "")):
        if part.endswith(".py"):
            assert (ROOT / part).exists()
    for option in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=ansprechbar"):
        assert option in text
