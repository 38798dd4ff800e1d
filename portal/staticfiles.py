"""Static files as they are served: CSS imports joined, names hashed, contents compressed.

In the repository a stylesheet is one file a component, put in order by a file of `@import` lines.
Browsers would fetch these one after another; `collectstatic` therefore writes them as one file.
"""

import posixpath
import re
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Strings and addresses are kept as they are; what stands between them may shrink.
_KEPT = r"""(?P<kept>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\(\s*[^"')\s][^)]*\))"""
_GAP = re.compile(rf"{_KEPT}|(?P<gap>(?:/\*.*?\*/|\s)+)", re.DOTALL)
_PUNCTUATION = re.compile(rf"{_KEPT}|[; ]*(?P<end>}}) ?| ?(?P<mark>[{{;,]) ?", re.DOTALL)
_IMPORT = re.compile(
    r"""@import\s+url\(\s*(?P<quote>["']?)(?P<path>[^"')]+)(?P=quote)\s*\)"""
    r"""(?:\s+layer\((?P<layer>[\w.-]+)\))?(?P<media>[^;]*);"""
)
_URL = re.compile(r"""url\(\s*(["']?)(?![a-z]+:|/|#)([^"')]+)\1\s*\)""")


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which sees a file of `@import` lines as the one it stands for."""

    support_js_module_import_aggregation = True  # our modules import each other

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any):
        joined = InMemoryStorage()
        paths = dict(paths)
        for name in [name for name in paths if name.endswith(".css")]:
            css = _read(paths, name)
            if _IMPORT.search(css):
                joined.save(name, ContentFile(shrink(join_imports(paths, name)).encode()))
                paths[name] = (joined, name)
        yield from super().post_process(paths, dry_run, **options)


def _read(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def join_imports(paths: dict[str, Any], name: str, importers: tuple[str, ...] = ()) -> str:
    """The stylesheet `name` with each imported one in the place of its `@import`.

    Layers and media conditions become blocks. Addresses in an imported file are rewritten to hold
    from where `name` lies. Raises `ValueError` for an import that is missing or goes round.
    """

    def imported(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["path"]))
        if target not in paths:
            raise ValueError(f"{name} imports {match['path']}, which is no static file.")
        if target in (name, *importers):
            raise ValueError(f"{name} and {target} import each other.")
        css = _moved(join_imports(paths, target, (name, *importers)), target, name)
        for block in (match["layer"] and f"@layer {match['layer']}", _media(match["media"])):
            if block:
                css = f"{block} {{\n{css}\n}}"
        return css

    return _IMPORT.sub(imported, _without_comments(_read(paths, name)))


def _media(condition: str) -> str:
    return f"@media {condition.strip()}" if condition.strip() else ""


def _moved(css: str, source: str, target: str) -> str:
    """`css` from `source` with its relative addresses rewritten for `target`."""
    here, there = posixpath.dirname(source), posixpath.dirname(target)
    if here == there:
        return css

    def address(match: re.Match[str]) -> str:
        path = posixpath.relpath(posixpath.join("/", here, match[2]), posixpath.join("/", there))
        return f'url("{path}")'

    return _URL.sub(address, css)


def _without_comments(css: str) -> str:
    """`css` without comments, and with one space or line break wherever there was a gap."""

    def narrow(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        gap = re.sub(r"/\*.*?\*/", "", match["gap"], flags=re.DOTALL)
        return " " if gap else ""

    return _GAP.sub(narrow, css).strip()


def shrink(css: str) -> str:
    """`css` without comments and without the spaces that no browser needs."""
    return _PUNCTUATION.sub(
        lambda match: match["kept"] or match["end"] or match["mark"], _without_comments(css)
    )
