from django.urls import path

from serment.billing import cotation_views, money_views, views

app_name = "billing"
urlpatterns = [
    path("clore/", money_views.close, name="close"),
    path("argent/", money_views.money, name="money"),
    path("cheques.pdf", money_views.cheques, name="cheques"),
    path("patients/<id:patient_id>/rappel/<id:practitioner_id>.pdf", money_views.reminder, name="reminder"),
    path("patients/<id:patient_id>/cotation/", cotation_views.page, name="cotation"),
    path("patients/<id:patient_id>/cotation/prix/", cotation_views.price, name="price"),
    path("", views.till, name="till"),
    path("caisse.pdf", views.till_pdf, name="till_pdf"),
    path("patients/<id:patient_id>/", views.patient, name="patient"),
    path("patients/<id:patient_id>/nouvelle/", views.new, name="new"),
    path("factures/<id:claim_id>/", views.claim, name="claim"),
    path("factures/<id:claim_id>/encaisser/", views.pay, name="pay"),
    path("factures/<id:claim_id>/annuler/", views.cancel, name="cancel"),
    path("factures/<id:claim_id>/note.pdf", views.receipt, name="receipt"),
    path("encaissements/<id:payment_id>/annuler/", views.reverse, name="reverse"),
]
