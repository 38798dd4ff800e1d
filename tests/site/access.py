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
    "document": (R, E, E),
    "newsitem": (R, E, E),
    "interpreterpool": (R, E, N),  # the numbers need one that has interpreters
    "interpreter": (A, A, A),  # and the desk of the pool: tests/contacts/test_interpreters.py
    "project": (R, E, E),
    "offer": (R, E, N),  # only what was never public is deleted
    "correction": (R, N, N),
    "lookupcount": (R, N, N),
    "missedinput": (R, N, N),
    "publication": (R, N, N),
    "importdraft": (E, E, E),
    "user": (S, S, N),
    "page": (S, S, S),
    "outboxmessage": (R, N, N),
    "jobrun": (S, N, N),
    "programme": (R, A, N),
    "ruleset": (R, A, N),
    "call": (R, A, N),  # drafts alone are deleted, and this one is open
}
# What staff get from the other addresses of the administration: without a role, with one.
GENERAL = {
    "admin:index": (200, 200),
    "admin:contacts_report": (403, 200),
    "admin:login": (302, 302),  # they are in already
    "admin:logout": (405, 405),  # by POST only: no link and no picture logs anybody out
    "admin:password_change": (302, 302),  # to the page of the account
    "admin:password_change_done": (302, 302),
    "admin:jsi18n": (200, 200),
    "admin:autocomplete": (403, 403),  # without saying for which field
    "admin:app_list": (404, 200),  # without a list, no page of lists
    "admin:view_on_site": (302, 302),  # to a public page
}
# The numbers of pools of interpreters: for those who run one.
NUMBERS_OF_POOLS = "admin:contacts_interpreting"
# What the addresses below /verwaltung/konto/ answer to a visitor (401: sent to the log-in), and to
# staff who have a password, no second factor, and have not typed the password just now.
ACCOUNT = {
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "account_reauthenticate": (401, 200),
    "account_change_password": (401, 200),
    "account_set_password": (401, 302),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key": (200, 200),  # of a link that is no good
    "account_reset_password_from_key_done": (200, 200),
    "mfa_index": (401, 200),
    "mfa_authenticate": (401, 302),
    "mfa_reauthenticate": (401, 302),
    "mfa_activate_totp": (401, 302),
    "mfa_deactivate_totp": (401, 404),
    "mfa_view_recovery_codes": (401, 404),
    "mfa_generate_recovery_codes": (401, 302),
    "mfa_list_webauthn": (401, 200),
    "mfa_add_webauthn": (401, 302),
    "mfa_edit_webauthn": (401, 302),
    "mfa_remove_webauthn": (401, 302),
    "mfa_login_webauthn": (401, 302),
    "mfa_reauthenticate_webauthn": (401, 302),
    "usersessions_list": (401, 200),
    "accounts:stay": (401, 200),
}
# Pages of applicants about one case.
OF_A_CASE = (
    "projects:application",
    "projects:section",
    "projects:attachments",
    "projects:attachment",
    "projects:attachment_remove",
    "projects:check",
    "projects:receipt",
    "projects:people",
    "projects:remove_contributor",
    "projects:take_back_invitation",
    "projects:copy",
    "projects:delete",
    "projects:message",
    "projects:word",
    "projects:precheck",
    "projects:take_back",
    "projects:withdraw",
    "projects:version",
    "projects:document",
    "projects:letter",
    "projects:letter_document",
    "projects:object_to",
    "projects:withdraw_objection",
    "projects:grant",
    "projects:waive",
    "projects:decline",
    "projects:amendment",
    "projects:withdraw_amendment",
    "projects:payout",
    "projects:payout_account",
    "projects:confirm_account",
    "projects:hearing",
    "projects:proof",
    "projects:proof_report",
    "projects:receipts",
    "projects:receipt_add",
    "projects:receipt_change",
    "projects:receipt_remove",
    "projects:participants",
    "projects:participants_remove",
    "projects:blank_list",
    "projects:proof_check",
    "projects:proof_receipt",
    "projects:proof_document",
)
# Pages of a sender about one enquiry.
OF_A_SENDER = (
    "contacts:enquiry",
    "contacts:enquiry_write",
    "contacts:enquiry_withdraw",
    "contacts:enquiry_introduction",
)
# Pages for members of a group and keepers of its agency, behind either log-in: whether by the name
# of the group, or by a number of what belongs to it, and whether those who convene it alone open
# them. The list of one's groups is everybody's own. See test_roles_of_members.py.
OF_MEMBERS = {
    "contacts:own_groups": ("", False),
    "contacts:own_group": ("group", False),
    "contacts:meeting_add": ("group", True),
    "contacts:group_paper_add": ("group", True),
    "contacts:meeting": ("meeting", False),
    "contacts:meeting_ics": ("meeting", False),
    "contacts:meeting_change": ("meeting", True),
    "contacts:meeting_cancel": ("meeting", True),
    "contacts:group_paper": ("paper", False),
    "contacts:group_paper_remove": ("paper", True),
}
# What the entrance of people without a password, and every page behind it, answers to everybody
# else (401: sent to the log-in by code), and to an applicant.
ENTRANCE = {
    "entrance:log_in": (200, 302),
    "entrance:code": (401, 401),  # nobody has asked for one
    "entrance:typed": (401, 302),  # nobody has lost anything
    "entrance:log_out": (401, 200),
    "entrance:account": (401, 200),
    "entrance:new_address": (401, 200),
    "entrance:data": (401, 302),  # by POST only
    "entrance:delete": (401, 200),
    "entrance:link": (410, 410),  # of a link that is no good
    "projects:begin": (200, 200),  # the first questions; the code comes after them
    "projects:own_applications": (401, 200),
    "projects:calendar": (401, 200),
    **dict.fromkeys(OF_A_CASE, (401, 404)),  # of a case that is not theirs
    "contacts:own_enquiries": (401, 200),
    **dict.fromkeys(OF_A_SENDER, (401, 404)),  # of somebody else
}
UNNAMED = re.compile(r"verwaltung/(\w+/\w+/<path:object_id>/|\(\?P<url>\.\*\)\$)")
# By POST only.
DECISIONS = (
    "close",
    "confirm",
    "take-over",
    "reopen",
    "send-again",
    "restore",
    "accept",
    "archive",
)
DECISIONS += ("bring-back", "invite", "reset-factor")
DECISIONS += ("release", "end")
DECISIONS += ("announce", "take-back", "resume", "newest-rules", "move-end")
# Pages of an editor about one row, with a form that publishes.
FOR_EDITORS = ("decline", "alias", "hand_over", "new_holder", "absence", "undo", "roll_back")
FOR_EDITORS += ("file", "edition")
# The same, of an agency administrator.
FOR_ADMINS = ("leave", "pause")
# Applications in the administration: roles do not stand in one line here, since editors have no
# part in grants, and coordinators have one in the cases of their own towns alone. By the name of
# the address: who gets its page for a case of the agency.
READ_CASES = {Role.CASEWORKER, Role.DECIDER, Role.FINANCE, Role.AUDITOR, Role.AGENCY_ADMIN}
READ_CASES |= {"superuser"}
CASES: dict[str, set[str]] = {
    "changelist": READ_CASES | {Role.COORDINATOR},
    "export": READ_CASES | {Role.COORDINATOR},
    "add": set(),  # nobody edits a row
    "delete": set(),
    "change": READ_CASES,
    "history": READ_CASES,
    "document": READ_CASES,
    "attachment": READ_CASES,
    "version": READ_CASES,
    "case_file": READ_CASES,
    "bundle": READ_CASES,
    "changes": {Role.CASEWORKER},
    "propose": {Role.CASEWORKER},
    "decide": {Role.DECIDER},
    "preview": {Role.CASEWORKER, Role.DECIDER},
    "send_back": {Role.DECIDER},
    "lift_hold": {Role.DECIDER},
    "object": {Role.CASEWORKER, Role.DECIDER},
    "decide_objection": {Role.DECIDER},
    "payout": {Role.CASEWORKER},  # of what came on paper, as the next two
    "ask_amendment": {Role.CASEWORKER},
    "decline": {Role.CASEWORKER},
    "payout_refuse": {Role.CASEWORKER, Role.DECIDER},
    "payout_paid": {Role.FINANCE},
    "payout_bounced": {Role.FINANCE},
    "check_amendment": {Role.CASEWORKER},
    "decide_amendment": {Role.DECIDER},
    "extend": {Role.CASEWORKER},
    "letter": READ_CASES,
    "letter_posted": {Role.CASEWORKER, Role.DECIDER},
    "proof_document": READ_CASES,
    "proof_query": {Role.CASEWORKER},
    "proof_check": {Role.CASEWORKER},
    "proof_send_back": {Role.DECIDER},
    "hear_repayment": {Role.CASEWORKER},
    "hear_revocation": {Role.CASEWORKER},
    "hearing_answer": {Role.CASEWORKER},  # of what came on paper
    "claim": {Role.CASEWORKER},
    "order_claim": {Role.DECIDER},
    "send_back_claim": {Role.DECIDER},
    "repaid": {Role.FINANCE},
    "revoke": {Role.DECIDER},
    "enter": {Role.CASEWORKER},
    "section": {Role.CASEWORKER},  # of what came on paper
    "submit": {Role.CASEWORKER},
    "numbers": READ_CASES | {Role.COORDINATOR},
    "numbers_export": READ_CASES | {Role.COORDINATOR},
    "report": READ_CASES - {"superuser"},
    "calendar": READ_CASES | {Role.COORDINATOR},  # everybody's own
    "late": {Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN},
}
# Steps with a case, by POST only: who takes them. All others leave no trace.
STEPS: dict[str, set[str]] = {
    "take": {Role.CASEWORKER},
    "waive": {Role.CASEWORKER},  # of what came on paper
    "payout_certify": {Role.CASEWORKER},
    "payout_order": {Role.DECIDER},
    "proof_confirm": {Role.DECIDER},
    "payout_confirm": {Role.CASEWORKER},
    "end_request": {Role.CASEWORKER},
    "reassign": {Role.CASEWORKER},
    "answer": {Role.CASEWORKER},
    "approve": {Role.DECIDER},
    "reject": {Role.DECIDER},
    "waitlist": {Role.DECIDER},
    "call_up": {Role.DECIDER},
    "withdraw_objection": {Role.CASEWORKER},
    "message": {Role.CASEWORKER, Role.DECIDER},
    "note": {Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN},
    "remind": {Role.CASEWORKER, Role.DECIDER, Role.AGENCY_ADMIN},
    "lock": {Role.AGENCY_ADMIN, "superuser"},
    "lift_lock": {Role.AGENCY_ADMIN, "superuser"},
    "archived": {Role.AGENCY_ADMIN, "superuser"},
    "reminder_done": {Role.CASEWORKER},  # whose it is
    "reminder_move": {Role.CASEWORKER},
}
# Payments in the administration: who gets the page, with which status. Coordinators see none.
PAYMENTS: dict[str, tuple[set[str], int]] = {
    "changelist": (READ_CASES, 200),
    "export": (READ_CASES, 200),
    "history": (READ_CASES, 200),
    "add": (set(), 200),
    "delete": (set(), 200),
    "change": (READ_CASES, 302),  # to the page of the case
    "list": (READ_CASES, 200),
    "paid": ({Role.FINANCE}, 200),
    "hand_over": (set(), 405),  # by POST only
}
# Budgets: who gets the page, with which status; by POST only is 405.
BUDGETS: dict[str, tuple[set[str], int]] = {
    "changelist": (READ_CASES, 200),
    "export": (READ_CASES, 200),
    "change": (READ_CASES, 200),
    "history": (READ_CASES, 200),
    "ledger": (READ_CASES, 200),
    "add": (set(), 200),
    "delete": (set(), 200),
    "open": ({Role.AGENCY_ADMIN, "superuser"}, 200),
    "correct": ({Role.AGENCY_ADMIN, "superuser"}, 200),
    "enter": (set(), 405),
}
OF_A_BUDGET = re.compile(rf"admin:projects_budget_({'|'.join(BUDGETS)})")
OF_A_PAYMENT = re.compile(rf"admin:projects_payout_({'|'.join(PAYMENTS)})")
OF_A_CASE_IN_ADMIN = re.compile(rf"admin:projects_application_({'|'.join([*CASES, *STEPS])})")
# Blocks of text: who gets the page.
WRITERS = {Role.CASEWORKER, Role.AGENCY_ADMIN, "superuser"}
TEXT_BLOCKS = {
    **dict.fromkeys(("changelist", "export", "change", "history"), READ_CASES),
    **dict.fromkeys(("add", "delete"), WRITERS),
    "restore": set(),  # by POST only
}
OF_A_TEXT_BLOCK = re.compile(rf"admin:projects_textblock_({'|'.join(TEXT_BLOCKS)})")
# Enquiries: coordinators and the administration of the agency, and nobody else. By the name of the
# address: its status for those; by POST only is 405.
DEAL_WITH_ENQUIRIES = {Role.COORDINATOR, Role.AGENCY_ADMIN, "superuser"}
ENQUIRIES = dict.fromkeys(("changelist", "export", "change", "history", "notices"), 200)
ENQUIRIES |= dict.fromkeys(("answer", "called", "note", "hand_on", "close", "look_again"), 200)
INTERPRETER_STEPS = tuple(
    f"interpreter_{name}" for name in ("confirm", "decline", "done", "cancel")
)
ENQUIRIES |= dict.fromkeys(("interpreter_ask", *INTERPRETER_STEPS), 405)
ENQUIRIES |= dict.fromkeys(("reopen", "propose", "agree", "refuse", "take_back"), 405)
ENQUIRIES["take_up"] = 404  # of one that does not ask to join
ENQUIRIES |= dict.fromkeys(("add", "delete"), 403)  # nobody edits a row
OF_AN_ENQUIRY_IN_ADMIN = re.compile(rf"admin:contacts_enquiry_({'|'.join(ENQUIRIES)})")
# The network: whoever keeps it changes it, and keepers are no line of roles. By model of the
# administration: who sees its rows.
KEEP_THE_NETWORK = {Role.EDITOR, Role.COORDINATOR, Role.AGENCY_ADMIN, "superuser"}
NETWORK: dict[str, set[str]] = {
    "organisation": {*Role, "superuser"},
    "workinggroup": {*Role, "superuser"},
    "groupmember": KEEP_THE_NETWORK,
}
OF_THE_NETWORK = re.compile(
    rf"admin:contacts_(?P<model>{'|'.join(NETWORK)})_"
    r"(?P<verb>changelist|export|add|history|delete|change|delete_translation|restore)"
)
# Addresses that name no row; the last two are files.
OF_NO_ROW = {"changelist": [], "add": [], "export": ["csv"], "table": ["responsibilities", "csv"]}
NAME = re.compile(
    r"admin:(portal|contacts|projects)_(?P<model>[a-z]+)_"
    r"(?P<verb>changelist|export|table|add|history|delete|change|delete_translation|"
    rf"{'|'.join((*FOR_ADMINS, *FOR_EDITORS, *DECISIONS))})"
)
CASE = "6f1c3f0e-5d0a-4a53-9a5e-000000000000"  # nobody's
ARGUMENTS = {
    "contacts:municipality": ["grimma"],
    "contacts:confirm": ["x"],
    "contacts:locality": ["grimma", "nerchau"],
    "contacts:notice": ["grimma"],
    "contacts:district_map": ["landkreis-leipzig"],
    "contacts:agency": ["landkreis-leipzig"],
    "contacts:accent": ["landkreis-leipzig"],
    "contacts:office": ["grimma"],
    "contacts:post": ["koi"],
    "contacts:vcard": ["koi"],
    "contacts:document": ["konzept"],
    "contacts:news_item": ["neues"],
    "contacts:group": ["ag-sprache"],
    "contacts:topic": ["education"],
    "contacts:interpreter_pool": ["sprachmittlung"],
    "contacts:document_file": ["konzept"],
    "entrance:link": ["x"],
    "projects:programme": ["mikroprojekte"],
    "projects:project": ["begegnung"],
    "projects:offer": ["sprachcafe"],
    "projects:offer_confirm": ["x"],
    "projects:deadline": ["mikroprojekte", "mp-2026"],
    "projects:blank_form": ["mp-2026"],
    "projects:calendar_file": ["x" * 43],
    **{name: [CASE] for name in OF_A_CASE},
    **{name: [CASE] for name in OF_A_SENDER},
    "contacts:enquiry_introduction": [CASE, 1],
    "contacts:enquiry_form": ["hilfe-anbieten"],
    "contacts:enquiry_sent": ["x"],
    "projects:section": [CASE, "kosten"],
    "projects:attachment": [CASE, CASE],
    "projects:attachment_remove": [CASE, CASE],
    "projects:remove_contributor": [CASE, 1],
    "projects:take_back_invitation": [CASE, 1],
    "projects:version": [CASE, 2],
    "projects:document": [CASE, 1],
    **{
        f"projects:{name}": [CASE, 1]
        for name in (
            "letter",
            "letter_document",
            "object_to",
            "withdraw_objection",
            "payout_account",
            "receipt_change",
            "receipt_remove",
            "proof_document",
        )
    },
    "projects:confirm_account": [CASE, "x"],
    "projects:participants_remove": [CASE, CASE],
    "account_reset_password_from_key": ["1", "abc-def"],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
}
REDIRECTS = ("root", "contacts:look_up")  # to the start page, as long as nothing is asked
UNKNOWN = ("projects:calendar_file",)  # a key that is nobody's
# A link that is none of ours.
GONE = ("contacts:confirm", "contacts:enquiry_sent", "projects:offer_confirm")
# Pages with a form: its token is another one each time.
FORMS = ("contacts:correction", "contacts:enquiry_form", "contacts:enquiry_status")
FORMS += ("projects:offer_submit",)
NOT_IN_A_DEMO = ("security",)  # it names nobody: the agencies in its data do not run it


def class_of(route: Route) -> str:
    """In which table a route stands, such as `public`, `model` or `case`; "" if forgotten."""
    if route.name in ENTRANCE:
        return "entrance"
    if route.name in OF_MEMBERS:
        return "members"
    if route.pattern.startswith("verwaltung/konto/"):
        return "account" if route.name in ACCOUNT else ""
    if route.name in GENERAL:
        return "general"
    if OF_A_CASE_IN_ADMIN.fullmatch(route.name):
        return "case"
    if OF_A_BUDGET.fullmatch(route.name):
        return "budget"
    if OF_A_TEXT_BLOCK.fullmatch(route.name):
        return "text block"
    if OF_A_PAYMENT.fullmatch(route.name):
        return "payment"
    if OF_AN_ENQUIRY_IN_ADMIN.fullmatch(route.name):
        return "enquiry"
    if route.name == NUMBERS_OF_POOLS:
        return "numbers of pools"
    if OF_THE_NETWORK.fullmatch(route.name):
        return "network"
    if match := NAME.fullmatch(route.name):
        return "model" if match["model"] in MODELS else ""
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
    return match["model"], match["verb"]


def expected_of(verb: str, model: str, level: Level) -> set[int]:
    """What a row of one's own agency answers; 403 and 404 both keep it closed."""
    look, add, delete = MODELS[model]
    if level is Level.VISITOR:
        return {401}
    if verb in DECISIONS:
        return {405}
    least = {"add": add, "delete": delete, "delete_translation": delete}
    least |= dict.fromkeys(FOR_EDITORS, E) | dict.fromkeys(FOR_ADMINS, A)
    return {200} if level >= least.get(verb, look) else {403, 404}
