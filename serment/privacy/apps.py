from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "serment.privacy"
    label = "privacy"
    verbose_name = "Vie privée"

    def ready(self) -> None:
        from serment.access import desk as day
        from serment.journal import actions
        from serment.patients import panels, trace
        from serment.privacy import alerts, desk, emergency

        actions.register(
            privacy_viewed="Page « vie privée » consultée",
            privacy_settings="Paramètres de vie privée modifiés",
            privacy_register_published="Registre des traitements publié",
            privacy_register_exported="Registre des traitements exporté",
            privacy_awareness="Sensibilisation notée",
            privacy_statistics="Statistiques anonymes calculées",
            privacy_slip_printed="Confirmation de rendez-vous éditée",
            privacy_letter_printed="Réponse à une demande éditée",
            privacy_recipient_told="Avis à un destinataire édité",
            privacy_notice_printed="Notice d’information éditée",
            privacy_notice_handed="Notice d’information remise",
            privacy_patient_viewed="Droits du patient consultés",
            privacy_request_received="Demande d’exercice de droits enregistrée",
            privacy_request_changed="Demande d’exercice de droits modifiée",
            privacy_request_closed="Demande d’exercice de droits close",
            privacy_copy_made="Copie du dossier remise",
            privacy_limited="Traitement limité (données gelées)",
            privacy_opposed="Opposition enregistrée",
            privacy_lifted="Limitation ou opposition levée",
            privacy_processor="Registre des sous-traitants modifié",
            privacy_contract_printed="Clauses de sous-traitance éditées",
            privacy_charter_signed="Charte informatique signée",
            privacy_emergency_on="Accès d’urgence mis en place",
            privacy_emergency_off="Accès d’urgence supprimé",
            privacy_emergency_opened="Dossier ouvert en urgence, hors du cercle de soins",
            privacy_emergency_ended="Accès d’urgence terminé",
            privacy_emergency_seen="Accès d’urgence visé",
            privacy_emergency_viewed="Accès d’urgence consultés",
            privacy_declared="Déclaration obligatoire notée",
            privacy_breach="Registre des violations modifié",
        )
        panels.register_tab("declarations", "Déclarations", "privacy:declare", "record.write", 92)
        panels.register_alerts(alerts.emergency_alert)
        trace.register(emergency.trace_words)
        day.register(desk.waiting)
        panels.register_tab("rights", "Droits", "privacy:patient", "privacy.patient", 95)
        panels.register_alerts(alerts.restriction_alerts)
