from django.urls import path

from serment.retention import patient_views, views

app_name = "retention"
urlpatterns = [
    path("", views.home, name="home"),
    path("archiver/", views.archive, name="archive"),
    path("archives/", views.find, name="find"),
    path("archives/<id:archive_id>/", views.consult, name="consult"),
    path("archives/<id:archive_id>/rendre/", views.bring_back, name="bring_back"),
    path("archives/<id:archive_id>/retenir/", patient_views.hold_archived, name="hold_archived"),
    path("retours/", patient_views.comebacks, name="comebacks"),
    path("retours/<id:comeback_id>/ecarter/", patient_views.set_aside, name="set_aside"),
    path("patients/<id:patient_id>/", patient_views.patient, name="patient"),
    path("patients/<id:patient_id>/retenir/", patient_views.hold, name="hold"),
    path("retenues/<id:hold_id>/lever/", patient_views.lift, name="lift"),
    path("detruire/", views.destroy, name="destroy"),
]
