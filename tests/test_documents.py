"""The documents beside the code say what the code does."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.servers import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_variable_of_the_settings_is_documented():
    settings = (ROOT / "portal" / "settings.py").read_text()
    names = set(re.findall(r"""\benv\.\w+\(\s*"([A-Z_]+)\"""", settings))
    gunicorn = (ROOT / "deploy" / "gunicorn.conf.py").read_text()
    names |= set(re.findall(r"""environ\.get\("([A-Z_]+)\"""", gunicorn))
    assert len(names) > 10
    described = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert names - described == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_make_target_in_a_document_exists():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = set(re.findall(r"^  make (\w+)", listed.stdout, re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^ {4})make (\w+)", document.read_text(), re.MULTILINE)
    }
    assert named <= targets


def test_publiccode_has_what_the_standard_demands():
    code = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus"):
        assert code[key], key
    assert code["softwareType"] == "standalone/web"
    assert code["legal"]["license"] == "EUPL-1.2"
    assert code["maintenance"]["type"] == "community"
    assert code["maintenance"]["contacts"]
    assert code["localisation"] == {"localisationReady": True, "availableLanguages": ["de", "en"]}
    for text in code["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]


def test_the_licence_is_complete():
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    articles = [int(number) for number in re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)]
    assert articles == list(range(1, 16))
    assert "Appendix" in text
