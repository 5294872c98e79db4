"""Paths of the shell itself, at the root."""

from django.urls import path

from serment.site import help, search, setup_views, views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("installation/", setup_views.first_run, name="setup"),
    path("presence/", views.alive, name="alive"),
    path("recherche/", search.search, name="search"),
    path("aide/", help.index, name="help"),
    path("aide/<slug:topic>/", help.page, name="help_page"),
]
