from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "serment.access"
    label = "access"
    verbose_name = "Accès"

    def ready(self) -> None:
        from serment.journal import actions

        actions.register(
            access_signed_in="Connexion",
            access_failed="Échec de connexion",
            access_throttled="Connexion refusée : trop d’essais",
            access_second_factor="Second facteur vérifié",
            access_second_factor_failed="Échec du second facteur",
            access_second_factor_set="Second facteur enregistré",
            access_passkey_added="Clé d’accès ajoutée",
            access_passkey_removed="Clé d’accès retirée",
            access_recovery_codes="Codes de secours renouvelés",
            access_locked="Session verrouillée",
            access_unlocked="Session déverrouillée",
            access_unlock_failed="Échec du déverrouillage",
            access_signed_out="Déconnexion",
            access_sessions_ended="Autres sessions fermées",
            access_refused="Accès refusé",
            access_invited="Compte créé",
            access_password_reset="Mot de passe réinitialisé par le responsable",
            access_password_changed="Mot de passe changé",
            access_suspended="Compte suspendu",
            access_reinstated="Compte rétabli",
            access_dates_changed="Dates d’un compte changées",
            access_recovery_renewed="Code de secours du cabinet renouvelé",
            access_reviewed="Revue des droits\u00a0: décision",
            access_notice_read="Information sur la journalisation lue",
            practice_created="Cabinet créé",
            practice_changed="Réglages du cabinet modifiés",
            practice_recovered="Code de secours du cabinet utilisé",
            document_unprintable="Document impossible à mettre en page",
            vault_cannot_open="Donnée altérée : elle ne s’ouvre pas",
            vault_epoch="Clés renouvelées",
        )
