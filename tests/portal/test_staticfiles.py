import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from portal.staticfiles import shrink


@pytest.fixture
def collect(settings, tmp_path: Path):
    """Writes files into a static folder, runs collectstatic, and gives the folder of the result."""
    source, target = tmp_path / "source", tmp_path / "target"

    def run(files: dict[str, str]) -> Path:
        for name, content in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        settings.STATICFILES_DIRS = [source]
        settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
        settings.STATIC_ROOT = target
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "portal.staticfiles.JoinedStaticFilesStorage"},
        }
        call_command("collectstatic", interactive=False, verbosity=0)
        return target

    return run


def served(folder: Path, name: str) -> str:
    """The content under the hashed name that templates link to."""
    return (folder / staticfiles_storage.stored_name(name)).read_text()


def test_a_file_of_imports_is_served_as_one_file(collect):
    folder = collect(
        {
            "css/site.css": """/* The order of layers. */
                @layer tokens, base;
                @import url("tokens.css") layer(tokens);
                @import url('parts/base.css') layer(base);
                @import url(print.css) print;""",
            "css/tokens.css": ":root { --ink: #123; /* dark */ --empty: ; }",
            "css/parts/base.css": 'p::before { content: "a /* b */ {  }" ; }',
            "css/print.css": "nav { display: none }",
        }
    )
    assert served(folder, "css/site.css") == (
        "@layer tokens,base;"
        "@layer tokens{:root{--ink: #123;--empty:}}"
        '@layer base{p::before{content: "a /* b */ {  }"}}'
        "@media print{nav{display: none}}"
    )


def test_the_name_changes_with_an_imported_file(collect):
    collect({"css/site.css": '@import url("a.css");', "css/a.css": "p { color: red }"})
    before = staticfiles_storage.stored_name("css/site.css")
    collect({"css/a.css": "p { color: blue }"})
    assert re.fullmatch(r"css/site\.[0-9a-f]{12}\.css", before)
    assert staticfiles_storage.stored_name("css/site.css") != before


def test_addresses_in_an_imported_file_hold_from_where_they_now_stand(collect):
    folder = collect(
        {
            "css/site.css": '@import url("parts/icon.css");',
            "css/parts/icon.css": 'i { background: url("../../img/i.svg"); mask: url("#m") }',
            "img/i.svg": "<svg/>",
        }
    )
    icon = Path(staticfiles_storage.stored_name("img/i.svg")).name
    assert f'url("../img/{icon}")' in served(folder, "css/site.css")
    assert 'url("#m")' in served(folder, "css/site.css")


def test_compressed_forms_lie_beside_the_file(collect):
    folder = collect(
        {"css/site.css": '@import url("a.css");', "css/a.css": "p { color: red }\n" * 200}
    )
    path = folder / staticfiles_storage.stored_name("css/site.css")
    assert gzip.decompress(path.with_suffix(".css.gz").read_bytes()) == path.read_bytes()
    assert path.with_suffix(".css.br").exists()


def test_modules_find_each_other_under_their_hashed_names(collect):
    folder = collect(
        {
            "js/site.js": 'import { suggest } from "./suggest.js";\nsuggest();\n',
            "js/suggest.js": "export function suggest() {}\n",
        }
    )
    name = Path(staticfiles_storage.stored_name("js/suggest.js")).name
    assert f'from "./{name}"' in served(folder, "js/site.js")


@pytest.mark.parametrize(
    "files",
    [
        {"css/site.css": '@import url("missing.css");'},
        {"css/a.css": '@import url("b.css");', "css/b.css": '@import url("a.css");'},
    ],
)
def test_an_import_that_leads_nowhere_or_round_stops_collectstatic(collect, files):
    with pytest.raises(ValueError, match="import"):
        collect(files)


@pytest.mark.parametrize(
    ("css", "shrunk"),
    [
        ("a  b /* x */ > c , d { x : y ; }", "a b > c,d{x : y}"),
        ("a:hover :focus{}", "a:hover :focus{}"),
        ("p { margin: calc(1px + 2px) ; ; }", "p{margin: calc(1px + 2px)}"),
        ('q { quotes: "{ " " }" }', 'q{quotes: "{ " " }"}'),
        ("i { background: url(data:image/png;base64,ab/*cd) }", None),
    ],
)
def test_shrinking_keeps_what_matters(css, shrunk):
    assert shrink(css) == (shrunk or css.replace(" { ", "{").replace(" }", "}"))
