from projects.models.application import Application
from projects.models.budget import Budget, LedgerEntry
from projects.models.calls import Call, CallNotice, CallTranslation, LatePermit
from projects.models.case import CaseEvent, ChangeRequest, Comment, Message
from projects.models.content import ApplicationVersion, Attachment, SectionAnswers
from projects.models.decision import Delivery, Hearing, Letter, Objection, Proposal
from projects.models.desk import CalendarFeed, Reminder, TextBlock
from projects.models.funding import (
    CostCategory,
    Declaration,
    MeasureType,
    Programme,
    ProgrammeTranslation,
    RuleSet,
)
from projects.models.grant import Amendment, Extension, Grant, PlanLine
from projects.models.guide import (
    Offer,
    OfferTime,
    OfferTranslation,
    Project,
    ProjectContact,
    ProjectTranslation,
)
from projects.models.keeping import ArchiveOffer, CaseSeal
from projects.models.payment import Claim, Payout
from projects.models.people import Contributor, Invitation
from projects.models.proof import Proof, ProofVersion, Receipt, Settlement
from projects.models.registry import FundedProject

__all__ = [
    "Amendment",
    "Application",
    "ApplicationVersion",
    "ArchiveOffer",
    "Attachment",
    "Budget",
    "CalendarFeed",
    "Call",
    "CallNotice",
    "CallTranslation",
    "CaseEvent",
    "CaseSeal",
    "ChangeRequest",
    "Claim",
    "Comment",
    "Contributor",
    "CostCategory",
    "Declaration",
    "Delivery",
    "Extension",
    "FundedProject",
    "Grant",
    "Hearing",
    "Invitation",
    "LatePermit",
    "LedgerEntry",
    "Letter",
    "MeasureType",
    "Message",
    "Objection",
    "Offer",
    "OfferTime",
    "OfferTranslation",
    "Payout",
    "PlanLine",
    "Programme",
    "ProgrammeTranslation",
    "Project",
    "ProjectContact",
    "ProjectTranslation",
    "Proof",
    "ProofVersion",
    "Proposal",
    "Receipt",
    "Reminder",
    "RuleSet",
    "SectionAnswers",
    "Settlement",
    "TextBlock",
]
