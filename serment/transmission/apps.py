from django.apps import AppConfig


class TransmissionConfig(AppConfig):
    name = "serment.transmission"
    label = "transmission"
    verbose_name = "Télétransmission (simulateur)"

    def ready(self) -> None:
        from serment.journal import actions

        actions.register(
            fse_signed="Feuille de soins signée (simulateur)",
            fse_lot="Lot constitué (simulateur)",
            fse_sent="Lot envoyé (simulateur)",
            fse_return="Retour lu (simulateur)",
            fse_recycled="Feuille rejetée remise à l’envoi (simulateur)",
            fse_viewed="Tableau de télétransmission consulté",
        )
