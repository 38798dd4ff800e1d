"""Imports point down: read from the source of every module, so that a breach cannot hide."""

import ast
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR

# What may look down on everything: addresses, start page, sitemap, commands, the demo.
ROOF = ("portal.urls", "portal.views", "portal.management")

# A module may import from its own row of its package and from the rows above it.
LAYERS = {
    "contacts": [
        ["spans"],
        ["names", "slugs", "roles", "spoken"],
        ["models"],
        ["history", "places", "loadable", "states", "records", "working_days"],
        ["present_rows"],
        ["loading"],
        ["index", "tables", "outlines"],
        ["reader"],
        ["gazetteer", "place_rows", "load_office"],
        ["load_places"],
        ["office_toml"],
        ["load_network"],
        ["published"],
        ["snapshot"],
        ["resolver"],
        [
            "documents",
            "news",
            "labels",
            "reasons",
            "cards",
            "map",
            "vcard",
            "panels",
            "coverage",
            "demand",
        ],
        ["rule_checks"],
        ["responsibilities", "founding"],
        ["publishing", "publication_lines", "staffing"],
        ["pdf_files"],
        ["golden_cases", "consequences", "learning", "closing", "document_files"],
        ["archiving", "proposals", "corrections", "colleagues"],
        ["confirming", "rehearsal", "undoing", "quality"],
        ["imports", "enquiries"],
        ["interpreting"],
        ["network"],
        [
            "forms",
            "enquiry_forms",
            "meeting_forms",
            "filters",
            "demo",
            "checks",
            "todo",
            "personal_data",
            "processing_things",
        ],
        ["processing"],
        ["document_filters", "network_filters"],
        ["views", "admin", "management", "templatetags"],
        ["urls"],
        ["apps"],
    ],
    "projects": [
        [
            "terms",
            "states",
            "money",
            "iban",
            "calendar",
            "call_words",
            "labels",
            "charts",
        ],
        ["models"],
        ["rules", "events", "fields", "actors", "budget", "standing", "account_links", "registry"],
        ["grant_status", "plan_words"],
        ["funding", "guide", "sections", "undertakings"],
        ["plan", "proof", "budget_year", "site_index"],
        ["answers", "site_search"],
        [
            "report",
            "payment_lists",
            "advice",
            "eligibility",
            "ics",
            "documents",
            "differences",
            "letters",
        ],
        [
            "blank_form",
            "booklet",
            "participant_list",
            "drafts",
            "mails",
            "offer_mails",
            "calls",
            "deliveries",
            "proof_papers",
        ],
        [
            "attachments",
            "call_mails",
            "case_file",
            "due",
            "duplicates",
            "feeds",
            "offers",
            "reminders",
            "reminding",
            "rule_versions",
            "sharing",
            "status",
            "tasks",
        ],
        ["todo", "workflow", "keeping", "offer_confirming"],
        [
            "forms",
            "funded",
            "funded_filters",
            "statistics",
            "council_report",
            "funding_forms",
            "guide_fields",
            "guide_filters",
            "guide_forms",
            "guide_map",
            "guide_panels",
            "grant_forms",
            "proof_forms",
            "load_funding",
            "load_guide",
            "panels",
            "personal_data",
            "processing",
        ],
        ["views", "admin", "management", "templatetags"],
        ["urls"],
        ["apps"],
    ],
}


def modules(package: str) -> list[Path]:
    return [p for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(source: str) -> set[str]:
    """Every module that `source` imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(module: str) -> int:
    """The row of a module of `contacts` or `projects`, such as 2 for contacts.models.areas."""
    package, part = module.split(".")[:2]
    for number, names in enumerate(LAYERS[package]):
        if part in names:
            return number
    raise AssertionError(f"{module} stands in no layer of tests/test_layers.py")


def breaches(module: str, source: str) -> list[str]:
    found = []
    package = module.split(".")[0]
    for imported in sorted(imports(source)):
        target = imported.split(".")[0]
        if target == "projects" and package != "projects" and not module.startswith(ROOF):
            found.append(f"{module} imports {imported}: only projects knows projects")
        if target == "contacts" and package == "portal" and not module.startswith(ROOF):
            found.append(f"{module} imports {imported}: the ground floor knows no contacts")
        if (
            target == package
            and package in LAYERS
            and imported.count(".")
            and module.count(".")
            and layer(imported) > layer(module)
        ):
            found.append(f"{module} imports {imported}: upwards")
    return found


def test_imports_point_down():
    every = [path for package in ("portal", "contacts", "projects") for path in modules(package)]

    found = [line for path in every for line in breaches(dotted(path), path.read_text("utf-8"))]

    assert found == []


def test_the_checker_rejects_known_breaches():
    assert breaches("contacts.resolver", "from contacts.views import look_up")
    assert breaches("contacts.names", "def late():\n    import contacts.models")
    assert breaches("contacts.models.areas", "from projects import models")
    assert breaches("portal.clock", "from contacts.snapshot import latest")
    assert breaches("projects.rules", "from projects.workflow import submit")
    assert breaches("projects.models.case", "from projects import drafts")
    assert not breaches("projects.workflow", "from projects.models import Application")
    assert not breaches("contacts.views.look_up", "from contacts.resolver import look_up")
