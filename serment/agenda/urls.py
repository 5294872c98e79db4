from django.urls import path

from serment.agenda.views import appointment, calendar, gestures, settings, waiting

app_name = "agenda"
urlpatterns = [
    path("", calendar.week, name="week"),
    path("jour/", calendar.day, name="day"),
    path("donnees/", calendar.feed, name="feed"),
    path("changements/", calendar.changes, name="changes"),
    path("feuille/", waiting.sheet, name="list"),
    path("secours/", waiting.emergency, name="emergency"),
    path("salle-d-attente/", waiting.waiting, name="waiting"),
    path("patients/<id:patient_id>/", waiting.of_patient, name="patient"),
    path("deplacer/", gestures.move, name="move"),
    path("creneaux/", appointment.slots, name="slots"),
    path("rendez-vous/nouveau/", appointment.new, name="new"),
    path("rendez-vous/<id:appointment_id>/", appointment.detail, name="appointment"),
    path("rendez-vous/<id:appointment_id>/modifier/", appointment.edit, name="edit"),
    path("rendez-vous/<id:appointment_id>/etat/", gestures.state, name="state"),
    path("rendez-vous/<id:appointment_id>/commencer/", gestures.start, name="start"),
    path("reglages/", settings.settings, name="settings"),
    path("reglages/horaires/", settings.hours, name="hours"),
    path("reglages/absences/", settings.absence_new, name="absence_new"),
    path("reglages/absences/<id:absence_id>/supprimer/", settings.absence_delete, name="absence_delete"),
    path("reglages/types/", settings.type_new, name="type_new"),
    path("reglages/types/<id:type_id>/", settings.type_edit, name="type_edit"),
]
