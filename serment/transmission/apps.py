from django.apps import AppConfig


class TransmissionConfig(AppConfig):
    name = "serment.transmission"
    label = "transmission"
    verbose_name = "Télétransmission"

    def ready(self) -> None:
        from serment.access import desk as access_desk
        from serment.journal import actions
        from serment.transmission import desk

        access_desk.register(desk.waiting)
        actions.register(
            fse_established="Feuille de soins complétée",
            fse_signed="Feuille de soins signée par le moteur raccordé",
            fse_signed_simulated="Feuille de soins signée (simulateur)",
            fse_paper="Feuille de soins faite sur papier",
            fse_printed="Feuille de soins imprimée",
            fse_cancelled="Feuille de soins annulée avant l’envoi",
            fse_lot="Lot constitué",
            fse_lot_simulated="Lot constitué (simulateur)",
            fse_undone="Lot défait avant l’envoi",
            fse_refused="Lot refusé à l’envoi",
            fse_refused_simulated="Lot refusé par le simulateur",
            fse_sent="Lot envoyé",
            fse_sent_simulated="Lot envoyé (simulateur)",
            fse_acknowledged="Lot reçu par le destinataire",
            fse_acknowledged_simulated="Lot reçu par le destinataire (simulateur)",
            fse_bounced="Lot non remis au destinataire",
            fse_return="Retour lu",
            fse_return_simulated="Retour lu (simulateur)",
            fse_attached="Ligne de retour rattachée à une facture",
            fse_dismissed="Ligne de retour classée",
            fse_recycled="Feuille rejetée remise à l’envoi",
            fse_closed="Feuille de soins close",
            fse_joined="Ordonnance numérisée jointe à une feuille de soins",
            fse_joined_opened="Ordonnance jointe ouverte",
            fse_parted="Ordonnance retirée d’une feuille de soins",
            fse_card="Carte lue par le moteur",
            fse_settings="Réglages de télétransmission modifiés",
            fse_agent="Agent du cabinet chargé, ou déchargé, des envois",
            fse_viewed="Tableau de télétransmission consulté",
        )
