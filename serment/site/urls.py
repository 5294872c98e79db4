"""Paths of the shell itself, at the root."""

from django.urls import path

from serment.site import help, search, views

app_name = "site"
urlpatterns = [
    path("presence/", views.alive, name="alive"),
    path("recherche/", search.search, name="search"),
    path("aide/", help.index, name="help"),
    path("aide/<slug:topic>/", help.page, name="help_page"),
]
