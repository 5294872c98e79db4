from django.urls import path

from serment.prescribing import views

app_name = "prescribing"
urlpatterns = [
    path("patients/<id:patient_id>/ordonnances/nouvelle/", views.new, name="new"),
    path("ordonnances/<id:entry_id>/", views.done, name="done"),
    path("ordonnances/<id:entry_id>/ordonnance.pdf", views.pdf, name="pdf"),
    path("medicaments/chercher/", views.search, name="search"),
    path("medicaments/ligne/", views.line, name="line"),
]
