from django.urls import path

from serment.results import views

app_name = "results"
urlpatterns = [
    path("", views.home, name="home"),
    path("<id:incoming_id>/", views.match, name="match"),
    path("<id:incoming_id>/original/", views.original, name="original"),
    path("<id:incoming_id>/lire/", views.read, name="read"),
    path("<id:incoming_id>/remettre/", views.put_back, name="put_back"),
    path("<id:incoming_id>/ecarter/", views.set_aside, name="set_aside"),
    path("<id:incoming_id>/vu/", views.see, name="see"),
]
