from portal.models.data_version import DataVersion
from portal.models.pages import Page, PageTranslation
from portal.models.users import User

__all__ = ["DataVersion", "Page", "PageTranslation", "User"]
