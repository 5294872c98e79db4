from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "serment.record"
    label = "record"
    verbose_name = "Dossier médical"

    def ready(self) -> None:
        from serment.access import desk as home
        from serment.journal import actions
        from serment.patients import panels, trace
        from serment.record import alerts, desk, filters, kinds, models_of_consultation, scores, traces
        from serment.vault import marks

        actions.register(
            record_viewed="Dossier médical consulté",
            record_added="Ajout au dossier",
            record_corrected="Correction dans le dossier",
            record_in_error="Élément marqué saisi par erreur",
            record_consultation_signed="Consultation signée",
            record_draft_discarded="Brouillon effacé",
            record_model_kept="Trame de consultation gardée",
            record_model_removed="Trame de consultation retirée",
            record_questionnaire_kept="Test du cabinet gardé",
            record_questionnaire_retired="Test du cabinet retiré",
            record_searched="Recherche dans un dossier",
            record_shared="Dossier partagé avec un autre cercle de soins",
            record_unshared="Partage du dossier repris",
            record_set_aside="Personne écartée du dossier à la demande du patient",
            record_brought_back="Personne écartée qui lit de nouveau le dossier",
            record_file_opened="Document ouvert",
            record_watched_words="Liste des mots à éviter modifiée",
            record_capture_begun="Code affiché pour recevoir les photos d’un téléphone",
            record_capture_opened="Code lu par un téléphone",
            record_photo_received="Photo reçue d’un téléphone, scellée",
            record_photo_discarded="Photo reçue d’un téléphone effacée",
            record_versions="Versions d’un élément consultées",
        )
        kinds.register_own()
        marks.register(lambda: (kind.code for kind in kinds.all_kinds()))
        marks.register(lambda: (*filters.GROUPS, *scores.shipped(), *models_of_consultation.starters()))
        panels.register_tab("record", "Dossier", "record:open", "record.view", 10)
        panels.register_tab("prevention", "Prévention", "record:prevention", "record.view", 20)
        panels.register_tab("team", "Équipe de soins", "record:team", "record.write", 90)
        panels.register_alerts(alerts.care_alerts)
        trace.register(traces.words)
        home.register(desk.drafts)
        home.register(desk.photos)
