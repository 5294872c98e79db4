from django.urls import path

from serment.privacy.views import charter, people, registers, statistics

app_name = "privacy"
_PATIENT = "patients/<id:patient_id>/"
urlpatterns = [
    path("", registers.home, name="home"),
    path("reglages/", registers.settings, name="settings"),
    path("registre/", registers.sheets, name="register"),
    path("registre/publier/", registers.publish, name="publish"),
    path("registre/registre.csv", registers.register_csv, name="register_csv"),
    path("registre/registre.pdf", registers.register_pdf, name="register_pdf"),
    path("registre/<slug:purpose>/", registers.particulars, name="particulars"),
    path("sous-traitants/", registers.processor_list, name="processors"),
    path("sous-traitants/nouveau/", registers.processor, name="processor_new"),
    path("sous-traitants/<id:processor_id>/", registers.processor, name="processor"),
    path("violations/", registers.breach_list, name="breaches"),
    path("violations/nouvelle/", registers.breach, name="breach_new"),
    path("violations/<id:breach_id>/", registers.breach, name="breach"),
    path("violations/<id:breach_id>/notification.pdf", registers.breach_pdf, name="breach_pdf"),
    path("charte/", charter.page, name="charter"),
    path("charte/charte.pdf", charter.pdf, name="charter_pdf"),
    path("charte/sensibilisation/", charter.awareness, name="awareness"),
    path("statistiques/", statistics.page, name="statistics"),
    path("notice/", people.notice_page, name="notice"),
    path("notice/notice.pdf", people.notice_file, name="notice_pdf"),
    path("rendez-vous/<id:appointment_id>/confirmation/", people.slip, name="slip"),
    path("demandes/", people.request_list, name="requests"),
    path("demandes/<id:request_id>/", people.decide, name="decide"),
    path("demandes/<id:request_id>/reponse.pdf", people.letter, name="letter"),
    path("restrictions/<id:restriction_id>/lever/", people.lift, name="lift"),
    path(_PATIENT, people.patient, name="patient"),
    path(f"{_PATIENT}notice/", people.hand, name="hand"),
    path(f"{_PATIENT}demande/", people.receive, name="receive"),
    path(f"{_PATIENT}copie/", people.hand_copy, name="copy"),
    path(f"{_PATIENT}geler/", people.limit, name="limit"),
]
