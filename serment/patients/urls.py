from django.urls import path

from serment.patients.views import history, identity, imports, representatives, search

app_name = "patients"
urlpatterns = [
    path("", search.patient_list, name="list"),
    path("chercher/", search.search, name="search"),
    path("choisir/", search.pick, name="pick"),
    path("nouveau/", identity.new, name="new"),
    path("doublons/", identity.check, name="check"),
    path("importer/", imports.index, name="import"),
    path("importer/<id:run_id>/", imports.run_page, name="import_run"),
    path("importer/<id:run_id>/colonnes/", imports.map_columns, name="import_map"),
    path("importer/<id:run_id>/etape/", imports.step, name="import_step"),
    path("importer/<id:run_id>/demarrer/", imports.begin, name="import_begin"),
    path("importer/<id:run_id>/decider/", imports.decide, name="import_decide"),
    path("importer/<id:run_id>/effacer/", imports.erase, name="import_erase"),
    path("importer/<id:run_id>/rapport.csv", imports.report, name="import_report"),
    path("<id:patient_id>/", identity.detail, name="detail"),
    path("<id:patient_id>/modifier/", identity.edit, name="edit"),
    path("<id:patient_id>/confirmer/", identity.confirm, name="confirm"),
    path("<id:patient_id>/representants/", representatives.edit, name="representatives"),
    path("<id:patient_id>/versions/", history.versions, name="history"),
    path("<id:patient_id>/acces/", history.trace, name="trace"),
    path("<id:patient_id>/acces/liste.pdf", history.trace_paper, name="trace_paper"),
]
