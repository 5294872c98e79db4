from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "serment.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from serment.journal import actions
        from serment.patients import panels

        actions.register(
            patient_confirmed="Coordonnées confirmées par le patient",
            patient_contacts_erased="Coordonnées effacées à la demande du patient",
            patient_created="Patient créé",
            patient_changed="Identité modifiée",
            patient_viewed="Fiche du patient consultée",
            patient_searched="Recherche de patients",
            patient_traced="Historique des accès consulté",
            patient_trace_printed="Historique des accès édité pour le patient",
            patient_import_started="Fichier de patients déposé",
            patient_import_erased="Fichier de patients effacé",
            patient_imported="Patients importés",
            patient_import_checked="Import de patients vérifié à blanc",
        )
        panels.register_tab("identity", "Identité", "patients:detail", "patients.view", 80)
        panels.register_tab("trace", "Accès", "patients:trace", "patients.trace", 90)
