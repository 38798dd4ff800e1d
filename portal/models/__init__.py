from portal.models.data_version import DataVersion
from portal.models.jobs import JobRun
from portal.models.login_codes import EntranceLink, LoginCode
from portal.models.outbox import OutboxMessage
from portal.models.pages import Page, PageTranslation
from portal.models.users import User

__all__ = [
    "DataVersion",
    "EntranceLink",
    "JobRun",
    "LoginCode",
    "OutboxMessage",
    "Page",
    "PageTranslation",
    "User",
]
