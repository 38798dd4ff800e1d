from projects.models.application import Application
from projects.models.calls import Call, CallNotice, CallTranslation, LatePermit
from projects.models.case import CaseEvent, ChangeRequest, Comment, Message
from projects.models.content import ApplicationVersion, Attachment, SectionAnswers
from projects.models.funding import (
    CostCategory,
    Declaration,
    MeasureType,
    Programme,
    ProgrammeTranslation,
    RuleSet,
)
from projects.models.people import Contributor, Invitation

__all__ = [
    "Application",
    "ApplicationVersion",
    "Attachment",
    "Call",
    "CallNotice",
    "CallTranslation",
    "CaseEvent",
    "ChangeRequest",
    "Comment",
    "Contributor",
    "CostCategory",
    "Declaration",
    "Invitation",
    "LatePermit",
    "MeasureType",
    "Message",
    "Programme",
    "ProgrammeTranslation",
    "RuleSet",
    "SectionAnswers",
]
