from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects and funding")

    def ready(self) -> None:
        from contacts import corrections
        from contacts import panels as pages
        from portal import dashboard, entrance
        from projects import (
            attachments,
            call_mails,
            guide_panels,
            offer_confirming,
            offers,
            panels,
            personal_data,
            processing,
            reminders,
            todo,
        )
        from projects.keeping import erasing
        from projects.views import sharing, start
        from projects.workflow import turning, waiting

        entrance.register_link(_("My applications"), "projects:own_applications")
        entrance.register_arrival(start.ARRIVAL, start.arrive)
        entrance.register_arrival(
            sharing.ARRIVAL, sharing.arrive, heading=sharing.HEADING, text=sharing.TEXT
        )
        pages.of_places.register(panels.of_place, state=panels.call_states)
        pages.of_agencies.register(panels.of_agency, state=panels.call_states)
        pages.of_places.register(guide_panels.at_place)
        pages.of_agencies.register(guide_panels.of_agency)
        corrections.register_page("projects:offer", guide_panels.agency_of)
        pages.of_places.register(panels.projects_at)
        pages.of_agencies.register(panels.projects_of_agency)
        call_mails.register_jobs()
        attachments.register_jobs()
        offer_confirming.register_jobs()
        offers.register_jobs()
        reminders.register_jobs()
        waiting.register_jobs()
        turning.register_jobs()
        erasing.register_jobs()
        personal_data.register()
        processing.register_own()
        dashboard.register(todo.for_start_page)
