from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "serment.operations"
    label = "operations"
    verbose_name = "Exploitation"

    def ready(self) -> None:
        from serment.access import arrivals
        from serment.journal import actions
        from serment.operations import spare

        actions.register(
            operations_viewed="Page d’exploitation consultée",
            operations_backup_asked="Sauvegarde demandée",
            operations_equipment="Registre du matériel modifié",
            operations_intervention_opened="Intervention ouverte",
            operations_intervention_closed="Intervention close",
            operations_spare_chosen="Dépôt des feuilles de secours réglé",
        )
        arrivals.register(spare.at_arrival)
