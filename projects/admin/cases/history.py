"""What has happened on a case."""

from projects.admin.cases.frame import Panel, Seen, View


def read(seen: Seen) -> dict:
    return {"events": seen.case.events.select_related("user").order_by("-number")}


PANEL = Panel("admin/projects/application/_events.html", read)
VIEWS: dict[str, tuple[str, View]] = {}
