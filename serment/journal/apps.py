from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "serment.journal"
    label = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        from serment.journal import actions

        actions.register(
            journal_viewed="Journal consulté",
            journal_verified="Chaîne du journal vérifiée",
            journal_exported="Journal exporté",
            journal_purged="Événements arrivés à terme supprimés, sceau posé",
        )
