"""How a grant stands, in the plain words of its recipient: what is next, who acts, until when."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.labels import Label, Status
from projects.models import Extension, Grant
from projects.standing import due_on, has_open_objection, proof_until
from projects.states import GrantState as G

LABELS = {
    G.ANNOUNCED: Label.DECIDED,
    G.FINAL: Label.DECIDED,
    G.RUNNING: Label.RUNNING,
    G.PROOF_DUE: Label.RUNNING,
    G.PROOF_SUBMITTED: Label.IN_REVIEW,
    G.PROOF_QUERIED: Label.TO_COMPLETE,
    G.SETTLED: Label.DECIDED,
    G.REPAYMENT_DUE: Label.TO_COMPLETE,
    G.REPAID: Label.CLOSED,
    G.CLOSED: Label.CLOSED,
    G.DECLINED: Label.CLOSED,
    G.REVOKED: Label.CLOSED,
}
OVER = frozenset({G.REPAID, G.CLOSED, G.DECLINED, G.REVOKED})
# In which the recipient is waited for, and for what; the day is that of `standing.due_on`.
YOUR_TURN = {
    G.PROOF_DUE: Extension.What.PROOF,
    G.PROOF_QUERIED: Extension.What.QUERY,
    G.REPAYMENT_DUE: Extension.What.REPAYMENT,
}


def status_of(grant: Grant) -> Status:
    """The status of `grant` in the active language; what it reads may have been fetched before."""
    state = G(grant.state)
    label = label_of(grant)
    if state in YOUR_TURN:
        until = due_on(grant, YOUR_TURN[state])
        return Status(label, _next_step(grant, state), _("You"), until, is_your_turn=True)
    if state in OVER:
        return Status(label, _next_step(grant, state), "")
    agency = str(grant.application.agency)
    if has_open_objection(grant.application):
        text = _("You have objected. The office decides on it, and nothing is paid until then.")
        return Status(label, text, agency)
    if state == G.RUNNING:
        return Status(label, _next_step(grant, state), _("You"), proof_until(grant))
    who = agency if state in (G.PROOF_SUBMITTED, G.SETTLED) else _("You")
    return Status(label, _next_step(grant, state), who)


def label_of(grant: Grant) -> str:
    """One of the eight plain words; for a project that runs, with the day of its proof of use."""
    label = LABELS[G(grant.state)]
    if label is not Label.RUNNING:
        return str(label.value)
    day = date_format(proof_until(grant), "SHORT_DATE_FORMAT")
    return _("Running – proof of use until %(day)s") % {"day": day}


def _next_step(grant: Grant, state: G) -> str:
    if state == G.ANNOUNCED:
        return _announced(grant)
    if state == G.FINAL:
        return _("The grant is certain. You can begin the project, and ask for money.")
    return {
        G.RUNNING: _(
            "You carry out your project and keep all receipts. Afterwards you send the proof of "
            "use."
        ),
        G.PROOF_DUE: _("Your project is over. Send the proof of use: what was done, what it cost."),
        G.PROOF_SUBMITTED: _("The office checks your proof of use."),
        G.PROOF_QUERIED: _("The office has questions about your proof of use. Please answer them."),
        G.SETTLED: _(
            "Your proof of use has been checked. If anything is to be paid back, you get a letter; "
            "else nothing more is to be done."
        ),
        G.REPAYMENT_DUE: _("Please pay back what the letter says."),
        G.REPAID: _("What was to be paid back has arrived. Nothing more is to be done."),
        G.CLOSED: _("Everything is done. Keep your receipts as long as the decision says."),
        G.DECLINED: _("You have declined the grant. What was paid already has to come back."),
        G.REVOKED: _("The office has revoked the grant. The letter says why, and how to object."),
    }[state]


def _announced(grant: Grant) -> str:
    if grant.application.rule_set.pays_after_finality:
        return _(
            "You have got a grant. Read the decision. As soon as nobody can object to it any more, "
            "you can ask for money; it goes faster if you waive the objection."
        )
    return _("You have got a grant. Read the decision. You can ask for money now.")
