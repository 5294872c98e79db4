from django.urls import path

from serment.transmission import views

app_name = "transmission"
urlpatterns = [
    path("", views.board, name="board"),
    path("signer/", views.sign, name="sign"),
    path("envoyer/", views.send, name="send"),
    path("retours/", views.fetch, name="fetch"),
    path("feuilles/<id:sheet_id>/recycler/", views.recycle, name="recycle"),
]
