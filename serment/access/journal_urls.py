"""The journal's pages. They live here because showing names needs the people; the journal itself knows none."""

from django.urls import path

from serment.access.views import journal

app_name = "journal"
urlpatterns = [
    path("", journal.events, name="list"),
    path("verifier/", journal.verify, name="verify"),
]
