from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects and funding")

    def ready(self) -> None:
        from portal import entrance
        from projects.views import start

        entrance.register_link(_("My applications"), "projects:own_applications")
        entrance.register_arrival(start.ARRIVAL, start.arrive)
