from django.urls import path

from projects.views import application, funding, start

app_name = "projects"
urlpatterns = [
    path("foerderung/", funding.programmes, name="programmes"),
    path("foerderung/pruefen/", funding.check, name="funding_check"),
    path("foerderung/<slug:slug>/", funding.programme, name="programme"),
    path("foerderung/<slug:slug>/<slug:call>/frist.ics", funding.deadline, name="deadline"),
    path("antrag/", start.own_applications, name="own_applications"),
    path("antrag/neu/", start.begin, name="begin"),
    path("antrag/<uuid:case>/", application.application, name="application"),
    path("antrag/<uuid:case>/abschnitt/<slug:slug>/", application.section, name="section"),
    path("antrag/<uuid:case>/pruefen/", application.check, name="check"),
    path("antrag/<uuid:case>/eingang/", application.receipt, name="receipt"),
    path("antrag/<uuid:case>/antrag-<int:number>.pdf", application.document, name="document"),
]
