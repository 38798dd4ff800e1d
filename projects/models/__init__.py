from projects.models.application import (
    Application,
    ApplicationVersion,
    Attachment,
    Contributor,
    Invitation,
    SectionAnswers,
)
from projects.models.case import CaseEvent, ChangeRequest, Comment, Message
from projects.models.funding import (
    Call,
    CallNotice,
    CallTranslation,
    CostCategory,
    Declaration,
    LatePermit,
    MeasureType,
    Programme,
    ProgrammeTranslation,
    RuleSet,
)

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
