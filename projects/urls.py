from django.urls import path

from projects.views import application, files, funding, paper, sharing, start, status

app_name = "projects"
urlpatterns = [
    path("foerderung/", funding.programmes, name="programmes"),
    path("foerderung/pruefen/", funding.check, name="funding_check"),
    path("foerderung/<slug:slug>/", funding.programme, name="programme"),
    path("foerderung/<slug:slug>/formular.pdf", paper.blank_form, name="blank_form"),
    path("foerderung/<slug:slug>/<slug:call>/frist.ics", funding.deadline, name="deadline"),
    path("antrag/", start.own_applications, name="own_applications"),
    path("antrag/neu/", start.begin, name="begin"),
    path("antrag/<uuid:case>/", application.application, name="application"),
    path("antrag/<uuid:case>/abschnitt/<slug:slug>/", application.section, name="section"),
    path("antrag/<uuid:case>/anlagen/", files.attachment_list, name="attachments"),
    path("antrag/<uuid:case>/anlagen/<uuid:number>/", files.attachment, name="attachment"),
    path(
        "antrag/<uuid:case>/anlagen/<uuid:number>/entfernen/",
        files.remove,
        name="attachment_remove",
    ),
    path("antrag/<uuid:case>/pruefen/", application.check, name="check"),
    path("antrag/<uuid:case>/mitschreiben/", sharing.people, name="people"),
    path(
        "antrag/<uuid:case>/mitschreiben/<int:number>/entfernen/",
        sharing.remove,
        name="remove_contributor",
    ),
    path(
        "antrag/<uuid:case>/einladung/<int:number>/zuruecknehmen/",
        sharing.take_back,
        name="take_back_invitation",
    ),
    path("antrag/<uuid:case>/nochmals/", sharing.copy, name="copy"),
    path("antrag/<uuid:case>/loeschen/", sharing.delete, name="delete"),
    path("antrag/<uuid:case>/nachricht/", status.message, name="message"),
    path("antrag/<uuid:case>/antwort/", status.word, name="word"),
    path("antrag/<uuid:case>/vorabpruefung/", status.precheck, name="precheck"),
    path("antrag/<uuid:case>/weiterschreiben/", status.take_back, name="take_back"),
    path("antrag/<uuid:case>/zurueckziehen/", status.withdraw, name="withdraw"),
    path("antrag/<uuid:case>/fassung/<int:number>/", status.version, name="version"),
    path("antrag/<uuid:case>/eingang/", application.receipt, name="receipt"),
    path("antrag/<uuid:case>/antrag-<int:number>.pdf", status.document, name="document"),
]
