from django.urls import path

from serment.conformity import views

app_name = "conformity"
urlpatterns = [
    path("", views.home, name="home"),
    path("dossier.pdf", views.pdf, name="pdf"),
    path("audit.zip", views.audit_pack, name="audit"),
    path("editions/", views.edition_list, name="editions"),
    path("editions/<id:edition_id>/", views.edition, name="edition"),
    path("justifier/<slug:requirement>/", views.justify, name="justify"),
    path("attester/<slug:requirement>/", views.attest, name="attest"),
]
