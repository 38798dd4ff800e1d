"""Who may see and do what in the portal, route by route: the tables behind test_roles.py."""

import re
from enum import IntEnum

from contacts.roles import EDITORS, Role
from tests.site.routes import Route, routes


class Level(IntEnum):
    """Everybody may do what those above may, so a table needs one column a question."""

    VISITOR = 0
    NO_ROLE = 1
    READER = 2
    EDITOR = 3
    AGENCY_ADMIN = 4
    SUPERUSER = 5
    NOBODY = 6


R, E, A, S, N = (Level(number) for number in (2, 3, 4, 5, 6))


def level_of(role: Role) -> Level:
    if role is Role.AGENCY_ADMIN:
        return A
    return E if role in EDITORS else R


# Model: who sees its own rows, who opens the page to add one, who the page to delete one.
MODELS = {
    "agency": (R, S, N),  # they end, they are not deleted
    "office": (R, E, N),
    "post": (R, E, N),
    "person": (R, E, E),
    "responsibility": (R, E, E),
    "documentedgap": (R, E, E),
    "goldencase": (R, E, E),
    "legaldetails": (R, E, E),
    "staffrole": (A, A, A),
    "topic": (R, S, S),
    "district": (R, S, S),
    "municipality": (R, S, S),
    "quarter": (R, E, S),
    "locality": (R, E, S),
    "placename": (R, E, E),
    "postalcode": (R, S, S),
    "area": (R, N, N),
    "source": (R, N, N),
    "doubt": (R, N, N),
    "correction": (R, N, N),
    "lookupcount": (R, N, N),
    "missedinput": (R, N, N),
    "publication": (R, N, N),
    "user": (S, S, N),
    "page": (S, S, S),
    "outboxmessage": (R, N, N),
    "jobrun": (S, N, N),
}
# What staff get from the other addresses of the administration: without a role, with one.
GENERAL = {
    "admin:index": (200, 200),
    "admin:contacts_report": (403, 200),
    "admin:login": (302, 302),  # they are in already
    "admin:logout": (405, 405),  # by POST only: no link and no picture logs anybody out
    "admin:password_change": (200, 200),
    "admin:password_change_done": (200, 200),
    "admin:jsi18n": (200, 200),
    "admin:autocomplete": (403, 403),  # without saying for which field
    "admin:app_list": (404, 200),  # without a list, no page of lists
    "admin:view_on_site": (302, 302),  # to a public page
}
UNNAMED = re.compile(r"verwaltung/(\w+/\w+/<path:object_id>/|\(\?P<url>\.\*\)\$)")
DECISIONS = ("close", "confirm", "take-over", "reopen", "send-again", "restore")  # by POST only
# Pages of an editor about one row, with a form that publishes.
FOR_EDITORS = ("alias", "hand_over", "new_holder", "absence", "undo", "roll_back")
NAME = re.compile(
    r"admin:(portal|contacts)_(?P<model>[a-z]+)_"
    r"(?P<verb>changelist|add|history|delete|change|delete_translation|"
    rf"{'|'.join((*FOR_EDITORS, *DECISIONS))})"
)
ARGUMENTS = {
    "contacts:municipality": ["grimma"],
    "contacts:locality": ["grimma", "nerchau"],
    "contacts:notice": ["grimma"],
    "contacts:district_map": ["landkreis-leipzig"],
    "contacts:agency": ["landkreis-leipzig"],
    "contacts:accent": ["landkreis-leipzig"],
    "contacts:office": ["grimma"],
    "contacts:post": ["koi"],
    "contacts:vcard": ["koi"],
}
REDIRECTS = ("root", "contacts:look_up")  # to the start page, as long as nothing is asked
NOT_IN_A_DEMO = ("security",)  # it names nobody: the agencies in its data do not run it


def class_of(route: Route) -> str:
    """`public`, `general`, `model` or `unnamed`; "" for a route that nobody has thought about."""
    if route.name in GENERAL:
        return "general"
    if match := NAME.fullmatch(route.name):
        return "model" if match["model"] in MODELS else ""
    if route.name == "admin:auth_user_password_change":
        return "model"
    if route.name == "admin:":
        return "unnamed" if UNNAMED.fullmatch(route.pattern) else ""
    needs_arguments = "<" in route.pattern.removeprefix("<language>/")
    is_public = not route.is_admin and (not needs_arguments or route.name in ARGUMENTS)
    return "public" if is_public else ""


def of_class(wanted: str) -> list[Route]:
    return [route for route in routes() if class_of(route) == wanted]


def parts(route: Route) -> tuple[str, str]:
    """The model and the verb of a route of the administration."""
    match = NAME.fullmatch(route.name)
    return (match["model"], match["verb"]) if match else ("user", "change")


def expected_of(verb: str, model: str, level: Level) -> set[int]:
    """What a row of one's own agency answers; 403 and 404 both keep it closed."""
    look, add, delete = MODELS[model]
    if level is Level.VISITOR:
        return {401}
    if verb in DECISIONS:
        return {405}
    least = {"add": add, "delete": delete, "delete_translation": delete}
    least |= dict.fromkeys(FOR_EDITORS, E)
    return {200} if level >= least.get(verb, look) else {403, 404}
