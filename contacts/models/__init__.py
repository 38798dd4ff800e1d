from contacts.models.agencies import Agency, AgencyTranslation, Topic, TopicTranslation
from contacts.models.areas import (
    Area,
    District,
    Locality,
    Municipality,
    PlaceName,
    PostalCode,
    Quarter,
    Source,
)
from contacts.models.content import (
    Document,
    DocumentTranslation,
    NewsItem,
    NewsItemTranslation,
)
from contacts.models.doubts import Doubt
from contacts.models.enquiry import Enquiry, EnquiryEvent, EnquiryMessage
from contacts.models.feedback import Correction, GoldenCase, LookUpCount, MissedInput
from contacts.models.gaps import DocumentedGap
from contacts.models.groups import GroupMember, GroupPaper, Meeting
from contacts.models.imports import ImportDraft
from contacts.models.interpreters import (
    Assignment,
    Interpreter,
    InterpreterPool,
    InterpreterPoolTranslation,
)
from contacts.models.introductions import Introduction
from contacts.models.legal import LegalDetails
from contacts.models.loading import LoadRecord
from contacts.models.network import (
    Organisation,
    OrganisationTranslation,
    WorkingGroup,
    WorkingGroupTranslation,
)
from contacts.models.notices import NoticeChoice
from contacts.models.offices import Office, OfficeTranslation, OpeningHours
from contacts.models.posts import Absence, Person, Post, PostTranslation, SpokenLanguage, Tenure
from contacts.models.responsibility import Publication, Responsibility
from contacts.models.staff import StaffRole

__all__ = [
    "Absence",
    "Agency",
    "AgencyTranslation",
    "Area",
    "Assignment",
    "Correction",
    "District",
    "Document",
    "DocumentTranslation",
    "DocumentedGap",
    "Doubt",
    "Enquiry",
    "EnquiryEvent",
    "EnquiryMessage",
    "GoldenCase",
    "GroupMember",
    "GroupPaper",
    "ImportDraft",
    "Interpreter",
    "InterpreterPool",
    "InterpreterPoolTranslation",
    "Introduction",
    "LegalDetails",
    "LoadRecord",
    "Locality",
    "LookUpCount",
    "Meeting",
    "MissedInput",
    "Municipality",
    "NewsItem",
    "NewsItemTranslation",
    "NoticeChoice",
    "Office",
    "OfficeTranslation",
    "OpeningHours",
    "Organisation",
    "OrganisationTranslation",
    "Person",
    "PlaceName",
    "Post",
    "PostTranslation",
    "PostalCode",
    "Publication",
    "Quarter",
    "Responsibility",
    "Source",
    "SpokenLanguage",
    "StaffRole",
    "Tenure",
    "Topic",
    "TopicTranslation",
    "WorkingGroup",
    "WorkingGroupTranslation",
]
