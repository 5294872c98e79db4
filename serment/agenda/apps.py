from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AgendaConfig(AppConfig):
    name = "serment.agenda"
    label = "agenda"
    verbose_name = "Agenda"

    def ready(self) -> None:
        from serment.agenda import overlap
        from serment.journal import actions
        from serment.patients import panels

        actions.register(
            agenda_degraded_sheet="Feuille de secours chiffrée éditée",
            agenda_erased="Rendez-vous et notes effacés à la demande du patient",
            agenda_viewed="Agenda consulté",
            agenda_printed="Feuille du jour affichée",
            agenda_opened="Rendez-vous consulté",
            agenda_booked="Rendez-vous donné",
            agenda_moved="Rendez-vous déplacé",
            agenda_changed="Rendez-vous modifié",
            agenda_arrived="Patient arrivé",
            agenda_started="Consultation commencée",
            agenda_finished="Rendez-vous terminé",
            agenda_missed="Patient absent au rendez-vous",
            agenda_cancelled="Rendez-vous annulé",
            agenda_restored="Rendez-vous rétabli",
            agenda_hours="Horaires modifiés",
            agenda_absence="Absence modifiée",
            agenda_type="Type de rendez-vous modifié",
        )
        panels.register_tab("agenda", "Rendez-vous", "agenda:patient", "agenda.view", 70)
        post_migrate.connect(overlap.install_after_migrate, sender=self, dispatch_uid="agenda.overlap")
