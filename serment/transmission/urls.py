from django.urls import path

from serment.transmission.views import board, lots, paper, returns, settings, sheet

app_name = "transmission"
urlpatterns = [
    path("", board.board, name="board"),
    path("signer/", board.sign, name="sign"),
    path("classer/", board.close_paid, name="close_paid"),
    path("factures/<id:claim_id>/", sheet.sheet, name="sheet"),
    path("factures/<id:claim_id>/signer/", sheet.sign, name="sign_one"),
    path("factures/<id:claim_id>/papier/", sheet.hand, name="hand"),
    path("factures/<id:claim_id>/carte/", sheet.card, name="card"),
    path("factures/<id:claim_id>/feuille.pdf", paper.print_sheet, name="print"),
    path("feuilles/<id:sheet_id>/annuler/", sheet.cancel, name="cancel"),
    path("feuilles/<id:sheet_id>/recycler/", sheet.recycle, name="recycle"),
    path("feuilles/<id:sheet_id>/clore/", sheet.close, name="close"),
    path("feuilles/<id:sheet_id>/joindre/", paper.join, name="join"),
    path("pieces/<id:attachment_id>/", paper.joined, name="joined"),
    path("pieces/<id:attachment_id>/retirer/", paper.part, name="part"),
    path("envoi/", lots.departure, name="departure"),
    path("envoi/suite/", lots.step, name="step"),
    path("lots/<id:lot_id>/envoyer/", lots.send, name="send"),
    path("lots/<id:lot_id>/defaire/", lots.undo, name="undo"),
    path("retours/", returns.listing, name="returns"),
    path("retours/relever/", returns.fetch, name="fetch"),
    path("retours/lignes/<id:line_id>/rattacher/", returns.attach, name="attach"),
    path("retours/lignes/<id:line_id>/classer/", returns.dismiss, name="dismiss"),
    path("retours/<id:return_id>/classer/", returns.dismiss_file, name="dismiss_file"),
    path("papier/", paper.layouts, name="layouts"),
    path("papier/calage.pdf", paper.calibration, name="calibration"),
    path("reglages/", settings.channel, name="settings"),
    path("reglages/agent/", settings.agent_keys, name="agent"),
    path("reglages/simulateurs/", settings.play, name="play"),
]
