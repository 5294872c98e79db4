from django.urls import path

from serment.prescribing.views import ordering, picking, protocols, reading, writing

app_name = "prescribing"
urlpatterns = [
    path("patients/<id:patient_id>/ordonnances/nouvelle/", writing.new, name="new"),
    path("patients/<id:patient_id>/ordonnances/demande/", ordering.order, name="order"),
    path("patients/<id:patient_id>/ordonnances/verifier/", writing.check, name="check"),
    path("ordonnances/registre/", reading.issued, name="issued"),
    path("ordonnances/protocoles/", protocols.listed, name="protocols"),
    path("ordonnances/protocoles/<id:protocol_id>/", protocols.change, name="change_protocol"),
    path("ordonnances/<id:entry_id>/", reading.done, name="done"),
    path("ordonnances/<id:entry_id>/annuler/", reading.cancel, name="cancel"),
    path("ordonnances/<id:entry_id>/protocole/", reading.keep_protocol, name="keep_protocol"),
    path("ordonnances/<id:entry_id>/ordonnance.pdf", reading.pdf, name="pdf"),
    path("ordonnances/demandes/chercher/", ordering.find, name="find"),
    path("ordonnances/demandes/ligne/", ordering.add, name="add"),
    path("medicaments/chercher/", picking.search, name="search"),
    path("medicaments/ligne/", picking.line, name="line"),
    path("medicaments/boites/", picking.boxes, name="boxes"),
    path("medicaments/protocole/", writing.use_protocol, name="use_protocol"),
]
