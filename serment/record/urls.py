from django.urls import path

from serment.record.views import pages, writing

app_name = "record"
urlpatterns = [
    path("patients/<id:patient_id>/dossier/", pages.open_record, name="open"),
    path("patients/<id:patient_id>/dossier/mesures/", pages.trend, name="trend"),
    path("patients/<id:patient_id>/dossier/consultation/", writing.consultation, name="consultation"),
    path("patients/<id:patient_id>/dossier/consultation/brouillon/", writing.draft, name="draft"),
    path(
        "patients/<id:patient_id>/dossier/consultation/effacer/", writing.discard_draft, name="discard_draft"
    ),
    path("patients/<id:patient_id>/dossier/consultation/signee/", writing.signed, name="signed"),
    path("patients/<id:patient_id>/dossier/ajouter/<slug:kind>/", writing.add, name="add"),
    path("dossier/elements/<id:entry_id>/", pages.entry_versions, name="versions"),
    path("dossier/elements/<id:entry_id>/corriger/", writing.correct, name="correct"),
    path("dossier/diagnostics/", writing.diagnoses, name="diagnoses"),
    path("dossier/substances/", writing.substances, name="substances"),
]
