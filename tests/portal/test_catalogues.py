import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings

from portal.catalogues import compile_catalogues
from tests.needs import need
from tests.servers import ROOT

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "place"
msgid_plural "places"
msgstr[0] "Ort"
msgstr[1] "Orte"

#, fuzzy
msgid "post"
msgstr "Brief"

msgctxt "to publish"
msgid "post"
msgstr ""
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE)
    return path


def translations(source: Path) -> gettext.GNUTranslations:
    with source.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_a_compiled_catalogue_translates_and_leaves_out_what_is_fuzzy(source, tmp_path):
    assert compile_catalogues([tmp_path]) == [source.with_suffix(".mo")]
    german = translations(source)
    assert german.ngettext("place", "places", 1) == "Ort"
    assert german.ngettext("place", "places", 21) == "Orte"
    assert german.gettext("post") == "post"


def test_only_what_is_newer_is_compiled_again(source, tmp_path):
    compile_catalogues([tmp_path])
    assert compile_catalogues([tmp_path]) == []
    source.write_text(CATALOGUE.replace('"Orte"', '"Plätze"'))
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert len(compile_catalogues([tmp_path])) == 1
    assert translations(source).ngettext("place", "places", 2) == "Plätze"
    assert not list(source.parent.glob("*.tmp"))


def test_a_broken_catalogue_is_refused(source, tmp_path):
    source.write_text('msgid "place"\nnonsense "Ort"\n')
    with pytest.raises(PoFileError):
        compile_catalogues([tmp_path])


def shipped() -> list[Path]:
    folders = [Path(path) for path in settings.LOCALE_PATHS]
    return sorted(file for folder in folders for file in folder.glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("source", shipped(), ids=lambda path: path.parent.parent.name)
def test_a_shipped_catalogue_has_no_fuzzy_message_and_no_missing_placeholder(source):
    with source.open("rb") as file:
        catalogue = read_po(file)
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    findings = {message.id: list(map(str, errors)) for message, errors in catalogue.check()}
    assert findings == {}


def ids(source: Path) -> set:
    with source.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def test_the_shipped_catalogues_hold_just_the_texts_of_the_code(tmp_path):
    need(shutil.which("xgettext"), "xgettext (gettext)")
    for name in ("manage.py", "portal", "contacts", "projects", "templates", "locale"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-obsolete"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    wanted = ids(tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po")

    for language in ("de", "en"):
        assert ids(ROOT / "locale" / language / "LC_MESSAGES" / "django.po") == wanted


@pytest.mark.parametrize("source", shipped(), ids=lambda path: path.parent.parent.name)
def test_a_shipped_catalogue_is_valid_for_gettext(source):
    need(shutil.which("msgfmt"), "msgfmt (gettext)")
    checked = subprocess.run(
        ["msgfmt", "--check", "--output-file", os.devnull, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
