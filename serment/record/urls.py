from django.urls import path

from serment.record.views import (
    consulting,
    documents,
    pages,
    pregnancy,
    prevention,
    team,
    typing_help,
    ways,
    writing,
)

app_name = "record"
_RECORD = "patients/<id:patient_id>/dossier/"
_CONSULTATION = f"{_RECORD}consultation/"
urlpatterns = [
    path(_RECORD, pages.open_record, name="open"),
    path(f"{_RECORD}chercher/", pages.find, name="find"),
    path(f"{_RECORD}mesures/", pages.trend, name="trend"),
    path(f"{_RECORD}mesures/comparer/", pages.compare, name="compare"),
    path(_CONSULTATION, consulting.consultation, name="consultation"),
    path(f"{_CONSULTATION}brouillon/", consulting.draft, name="draft"),
    path(f"{_CONSULTATION}effacer/", consulting.discard_draft, name="discard_draft"),
    path(f"{_CONSULTATION}reprendre/", consulting.swap_draft, name="swap_draft"),
    path(f"{_CONSULTATION}signee/", consulting.signed, name="signed"),
    path(f"{_RECORD}ajouter/<slug:kind>/", writing.add, name="add"),
    path(f"{_RECORD}equipe/", team.team, name="team"),
    path(f"{_RECORD}equipe/partager/", team.share, name="share"),
    path(f"{_RECORD}grossesse/", pregnancy.follow, name="pregnancy"),
    path(f"{_RECORD}prevention/", prevention.prevention, name="prevention"),
    path(f"{_RECORD}score/<slug:code>/", prevention.score, name="score"),
    path(f"{_RECORD}documents/ajouter/", documents.add_document, name="add_document"),
    path("dossier/documents/<id:entry_id>/", documents.document, name="document"),
    path("dossier/documents/<id:entry_id>/fichier/", documents.file, name="file"),
    path("dossier/elements/<id:entry_id>/", pages.entry_versions, name="versions"),
    path("dossier/elements/<id:entry_id>/corriger/", writing.correct, name="correct"),
    path("dossier/trames/", ways.ways, name="ways"),
    path("dossier/trames/retirer/", ways.remove_way, name="remove_way"),
    path("dossier/mesures/", typing_help.measure_hints, name="measure_hints"),
    path("dossier/diagnostics/", typing_help.diagnoses, name="diagnoses"),
    path("dossier/grandeurs/", typing_help.quantities, name="quantities"),
    path("dossier/substances/", typing_help.substances, name="substances"),
    path("dossier/medicaments/", typing_help.medicines, name="medicines"),
]
