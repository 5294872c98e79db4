from django.urls import path

from serment.prescribing import views

app_name = "prescribing"
urlpatterns = [
    path("patients/<id:patient_id>/ordonnances/nouvelle/", views.new, name="new"),
    path("patients/<id:patient_id>/ordonnances/verifier/", views.check, name="check"),
    path("ordonnances/registre/", views.issued, name="issued"),
    path("ordonnances/<id:entry_id>/", views.done, name="done"),
    path("ordonnances/<id:entry_id>/protocole/", views.keep_protocol, name="keep_protocol"),
    path("ordonnances/<id:entry_id>/ordonnance.pdf", views.pdf, name="pdf"),
    path("medicaments/chercher/", views.search, name="search"),
    path("medicaments/ligne/", views.line, name="line"),
    path("medicaments/protocole/", views.use_protocol, name="use_protocol"),
]
