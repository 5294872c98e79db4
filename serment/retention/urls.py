from django.urls import path

from serment.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.home, name="home"),
    path("archiver/", views.archive, name="archive"),
    path("archives/", views.find, name="find"),
    path("archives/<id:archive_id>/", views.consult, name="consult"),
    path("archives/<id:archive_id>/rendre/", views.bring_back, name="bring_back"),
    path("detruire/", views.destroy, name="destroy"),
]
