from django.urls import path

from serment.access.views import account, lock, review, second_factor, sign_in, team

app_name = "access"
urlpatterns = [
    path("connexion/", sign_in.sign_in, name="sign_in"),
    path("connexion/second-facteur/", second_factor.second_factor_page, name="second_factor"),
    path("connexion/code-de-secours/", second_factor.recovery_code, name="recovery_code"),
    path("connexion/cle/options/", second_factor.passkey_begin, name="passkey_begin"),
    path("connexion/cle/", second_factor.passkey_complete, name="passkey_complete"),
    path("connexion/information/", sign_in.notice, name="notice"),
    path("deconnexion/", sign_in.sign_out, name="sign_out"),
    path("verrouiller/", lock.lock, name="lock"),
    path("deverrouiller/", lock.unlock, name="unlock"),
    path("deverrouiller/cle/options/", second_factor.passkey_begin, name="passkey_unlock_begin"),
    path("deverrouiller/cle/", lock.unlock_by_passkey, name="passkey_unlock_complete"),
    path("compte/", account.account, name="account"),
    path("compte/mot-de-passe/", sign_in.change_password, name="change_password"),
    path("compte/sessions/fermer/", account.end_sessions, name="end_sessions"),
    path("compte/codes-de-secours/", account.new_codes, name="new_codes"),
    path("compte/cles/options/", account.passkey_register_begin, name="passkey_register_begin"),
    path("compte/cles/", account.passkey_register_complete, name="passkey_register_complete"),
    path("compte/cles/<id:passkey_id>/retirer/", account.passkey_remove, name="passkey_remove"),
    path("equipe/", team.members, name="team"),
    path("equipe/inviter/", team.invite, name="invite"),
    path("equipe/revue/", review.review, name="review"),
    path("equipe/revue/<id:person_id>/", review.person, name="review_person"),
    path("equipe/droits/", team.permission_table, name="permission_table"),
    path("equipe/code-de-secours/", team.renew_recovery, name="renew_recovery"),
    path("equipe/<id:person_id>/dates/", team.dates, name="dates"),
    path("equipe/<id:person_id>/reinitialiser/", team.reset, name="reset"),
    path("equipe/<id:person_id>/suspendre/", team.suspend, name="suspend"),
    path("equipe/<id:person_id>/retablir/", team.reinstate, name="reinstate"),
    path("reglages/cabinet/", team.practice_settings, name="practice_settings"),
]
