from django.urls import path

from serment.billing import (
    claim_views,
    collect_views,
    cotation_views,
    money_views,
    payment_views,
    till_views,
    views,
)

app_name = "billing"
urlpatterns = [
    path("", till_views.till, name="till"),
    path("caisse.pdf", till_views.till_pdf, name="till_pdf"),
    path("clore/", till_views.close, name="close"),
    path("cheques/", till_views.cheques, name="cheques"),
    path("cheques/remettre/", till_views.make_slip, name="make_slip"),
    path("cheques/remises/<id:slip_id>.pdf", till_views.slip_pdf, name="slip_pdf"),
    path("argent/", money_views.money, name="money"),
    path("patients/<id:patient_id>/rappel/<id:practitioner_id>.pdf", money_views.reminder, name="reminder"),
    path("patients/<id:patient_id>/cotation/", cotation_views.page, name="cotation"),
    path("patients/<id:patient_id>/cotation/prix/", cotation_views.price, name="price"),
    path("patients/<id:patient_id>/", claim_views.patient, name="patient"),
    path("patients/<id:patient_id>/nouvelle/", views.new, name="new"),
    path("patients/<id:patient_id>/encaisser/", collect_views.page, name="collect"),
    path("patients/<id:patient_id>/encaisser/total/", collect_views.count, name="count"),
    path("patients/<id:patient_id>/acompte/rendre/", payment_views.refund_account, name="refund_account"),
    path("factures/<id:claim_id>/", claim_views.claim, name="claim"),
    path("factures/<id:claim_id>/encaisser/", payment_views.pay, name="pay"),
    path("factures/<id:claim_id>/rembourser/", payment_views.refund, name="refund"),
    path("factures/<id:claim_id>/abandonner/", payment_views.write_off, name="write_off"),
    path("factures/<id:claim_id>/reclamer/", payment_views.take_up_again, name="take_up_again"),
    path("factures/<id:claim_id>/acompte/", payment_views.use_account, name="use_account"),
    path("factures/<id:claim_id>/annuler/", claim_views.cancel, name="cancel"),
    path("factures/<id:claim_id>/note.pdf", claim_views.receipt, name="receipt"),
    path("encaissements/<id:payment_id>/", payment_views.collected, name="collected"),
    path("encaissements/<id:payment_id>/recu.pdf", payment_views.payment_receipt, name="payment_receipt"),
    path("encaissements/<id:payment_id>/annuler/", payment_views.reverse, name="reverse"),
]
