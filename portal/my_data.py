"""The copy of everything that is stored about a person (Article 15 GDPR), as a ZIP.

`data.json` is for programs, `data.html` for people, and the files lie in a folder beside them.
"""

import datetime as dt
import json
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from portal import clock, privacy
from portal.context import SITE_NAME
from portal.models import User
from portal.privacy import Export, PersonalData

IN_MEMORY = 5_000_000  # bytes; a larger ZIP is written to a temporary file
LONGEST_NAME = 100


def write(user: User, *, now: dt.datetime) -> BinaryIO:
    """A ZIP of what every app stores about `user`, in the active language; read from its start.

    Whoever gets it closes it.
    """
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (handed on)
    exports = [(kind, kind.export(user)) for kind in privacy.registered()]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        folders = {kind.name: _add_files(archive, kind, export) for kind, export in exports}
        values = {kind.name: export.data for kind, export in exports}
        values |= {"files": folders, "made_at": now}
        plain = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", plain)
        archive.writestr("data.html", _page(exports, folders, now))
    stream.seek(0)
    return stream


def _add_files(archive: zipfile.ZipFile, kind: PersonalData, export: Export) -> list[str]:
    """Write the files of one kind; returns their paths in the ZIP."""
    paths: list[str] = []
    for file in export.files:
        path = _free_path(f"files/{kind.name}", file.name, paths)
        with file.open() as source, archive.open(path, "w") as target:
            while piece := source.read(65_536):
                target.write(piece)
        paths.append(path)
    return paths


def _free_path(folder: str, name: str, taken: list[str]) -> str:
    """Where a file lies in the ZIP: its own name, without what could lead out of the folder."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    clean = re.sub(r'[\\/:*?"<>|]+', "-", visible).strip(" .")[-LONGEST_NAME:] or "file"
    path, number = PurePosixPath(folder) / clean, 1
    while str(path) in taken:
        number += 1
        path = path.with_name(f"{PurePosixPath(clean).stem} {number}{PurePosixPath(clean).suffix}")
    return str(path)


def _page(
    exports: list[tuple[PersonalData, Export]], folders: dict[str, list[str]], now: dt.datetime
) -> str:
    sections = [
        (kind.label, _readable(export.data, export.labels), folders[kind.name])
        for kind, export in exports
    ]
    context = {
        "sections": sections,
        "site_name": SITE_NAME,
        "made_at": clock.local(now),
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    return render_to_string("entrance/my_data.html", context)


def _readable(value: object, labels: Mapping) -> SafeString:
    """A value as people read it: dicts as lists of terms, lists as lists."""
    if isinstance(value, Mapping):
        lines = [(labels.get(key, key), _readable(each, labels)) for key, each in value.items()]
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines))
    if isinstance(value, list | tuple):
        if not value:
            return conditional_escape(_("nothing"))
        lines = [(_readable(each, labels),) for each in value]
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", lines))
    if value is None or value == "":
        return conditional_escape("–")
    if isinstance(value, bool):
        return conditional_escape(_("yes") if value else _("no"))
    if isinstance(value, dt.datetime):
        return conditional_escape(date_format(clock.local(value), "DATETIME_FORMAT"))
    if isinstance(value, dt.date):
        return conditional_escape(date_format(value, "DATE_FORMAT"))
    return format_html("<bdi>{}</bdi>", value)
