from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "serment.retention"
    label = "retention"
    verbose_name = "Durées de conservation"

    def ready(self) -> None:
        from serment.access import arrivals, desk
        from serment.journal import actions
        from serment.patients import panels
        from serment.retention import comebacks, departures, returning

        actions.register(
            retention_viewed="Durées de conservation consultées",
            retention_prepared="Dossiers préparés pour l’archivage",
            retention_archived="Dossier archivé",
            retention_consulted="Archive consultée",
            retention_returned="Dossier remis en base active",
            retention_recognised="Patients recréés reconnus dans les archives",
            retention_set_aside="Dossier archivé écarté : une autre personne",
            retention_held="Dossier retenu au-delà de son terme",
            retention_hold_lifted="Retenue levée",
            retention_purged="Données arrivées au terme de leur règle, supprimées",
            retention_damaged="Fichiers d’archive absents ou modifiés",
            retention_destroyed="Archives détruites",
        )
        panels.register_tab("retention", "Conservation", "retention:patient", "retention.act", 97)
        panels.register_past(returning.archived)
        arrivals.register(departures.at_arrival)
        arrivals.register(comebacks.at_arrival)
        desk.register(comebacks.waiting)
