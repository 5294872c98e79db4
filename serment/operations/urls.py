from django.urls import path

from serment.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.home, name="home"),
    path("etat/", views.service_state, name="state"),
    path("sauvegarder/", views.back_up, name="back_up"),
    path("secours/", views.spare_sheets, name="spare"),
    path("materiel/nouveau/", views.equipment, name="equipment_new"),
    path("materiel/<id:equipment_id>/", views.equipment, name="equipment"),
    path("interventions/ouvrir/", views.open_intervention, name="open_intervention"),
    path("interventions/<id:intervention_id>/clore/", views.close_intervention, name="close_intervention"),
]
