from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "serment.billing"
    label = "billing"
    verbose_name = "Facturation"

    def ready(self) -> None:
        from serment.journal import actions
        from serment.patients import panels

        actions.register(
            billing_viewed="Honoraires consultés",
            billing_established="Facture établie",
            billing_paid="Encaissement",
            billing_reversed="Encaissement annulé",
            billing_allocated="Acompte imputé",
            billing_refunded="Remboursement",
            billing_waived="Somme qui n’est plus réclamée",
            billing_slip="Remise de chèques",
            billing_cancelled="Facture annulée",
            billing_printed="Note d’honoraires imprimée",
            billing_till="Caisse consultée",
            billing_bank="Relevé de banque importé",
            billing_matched="Ligne de banque rapprochée",
            billing_exported="Recettes exportées, sans donnée de santé",
            billing_closed="Caisse du jour close",
            billing_reminder="Rappel de paiement imprimé",
            billing_tariff="Tarif confirmé par le praticien",
            billing_tariffs="Tarifs consultés",
            billing_shared="Lecture des comptes donnée ou retirée",
            billing_favourite="Favori de cotation modifié",
        )
        panels.register_tab("billing", "Honoraires", "billing:patient", "billing.view", 60)
