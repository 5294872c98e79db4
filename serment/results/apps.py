from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "serment.results"
    label = "results"
    verbose_name = "Résultats"

    def ready(self) -> None:
        from serment.access import desk as home
        from serment.journal import actions
        from serment.record import beside
        from serment.results import desk, selectors

        actions.register(
            result_arrived="Fichier de résultats scellé à son arrivée",
            result_received="Résultat reçu",
            result_filed="Résultat rattaché à un dossier",
            result_requeued="Résultat retiré d’un dossier et remis en file",
            result_seen="Résultat vu",
            result_refused="Résultat écarté",
            result_listed="Résultats à traiter consultés",
        )
        home.register(desk.unseen)
        beside.register("result", selectors.beside)
