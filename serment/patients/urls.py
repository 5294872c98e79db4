from django.urls import path

from serment.patients.views import identity, search

app_name = "patients"
urlpatterns = [
    path("", search.patient_list, name="list"),
    path("chercher/", search.search, name="search"),
    path("choisir/", search.pick, name="pick"),
    path("nouveau/", identity.new, name="new"),
    path("doublons/", identity.check, name="check"),
    path("<id:patient_id>/", identity.detail, name="detail"),
    path("<id:patient_id>/modifier/", identity.edit, name="edit"),
    path("<id:patient_id>/versions/", identity.history, name="history"),
    path("<id:patient_id>/acces/", identity.trace, name="trace"),
]
