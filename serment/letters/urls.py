from django.urls import path

from serment.letters import views

app_name = "letters"
urlpatterns = [
    path("patients/<id:patient_id>/courriers/nouveau/", views.write, name="write"),
    path("courriers/modeles/", views.models, name="models"),
    path("courriers/modeles/<id:model_id>/retirer/", views.forget_model, name="forget_model"),
    path("courriers/<id:entry_id>/", views.letter, name="letter"),
    path("courriers/<id:entry_id>/courrier.pdf", views.letter_pdf, name="pdf"),
]
