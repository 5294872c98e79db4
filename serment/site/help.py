"""Help: one short page per moment of the day, written in the words of the practice."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from serment.access.rules import public


@dataclass(frozen=True)
class Topic:
    """A help page: its template is ``site/help/<code>.html``."""

    code: str
    title: str
    summary: str
    icon: str


TOPICS = (
    Topic("connexion", "Se connecter", "Mot de passe, second facteur, codes de secours", icon="login"),
    Topic(
        "verrouillage", "Verrouiller, rouvrir", "Quitter l’écran sans perdre ce qui est écrit", icon="lock"
    ),
    Topic("patients", "Patients", "Créer une fiche, chercher, éviter les doublons", icon="users"),
    Topic("agenda", "Agenda", "Donner, déplacer, suivre les rendez-vous", icon="calendar"),
    Topic("dossier", "Dossier", "Synthèse, courbes, grossesse, prévention, tests", icon="file-text"),
    Topic("consultation", "Consultation", "Écrire, mesurer, clore, corriger", icon="stethoscope"),
    Topic(
        "documents",
        "Documents et courriers",
        "Ranger, photographier, écrire, mots à éviter",
        icon="file-text",
    ),
    Topic(
        "resultats", "Résultats d’examens", "Recevoir, rattacher, lire, dossier de dépôt", icon="list-search"
    ),
    Topic("ordonnance", "Ordonnance", "Choisir les médicaments, la posologie, imprimer", icon="pill"),
    Topic(
        "cotation", "Cotation", "Actes proposés, CCAM, tarifs à vérifier, favoris, tiers payant", icon="cash"
    ),
    Topic("reglement", "Règlement", "Actes, encaissement, note d’honoraires, caisse", icon="cash"),
    Topic(
        "teletransmission",
        "Feuilles de soins",
        "Signer, envoyer, lire les retours, traiter un rejet, imprimer sur papier",
        icon="cash",
    ),
    Topic(
        "droits",
        "Droits des patients",
        "Notice, demandes, gel des données, copie du dossier",
        icon="shield-check",
    ),
    Topic("durees", "Durées", "Archiver, retrouver une archive, détruire", icon="calendar"),
    Topic("sauvegarde", "Sauvegarde", "Sauvegarder, restaurer, répéter", icon="refresh"),
    Topic("journal", "Journal", "Savoir qui a consulté ou modifié quoi", icon="list-search"),
    Topic("clavier", "Clavier", "Tous les raccourcis", icon="keyboard"),
)
_BY_CODE = {topic.code: topic for topic in TOPICS}


@public
def index(request: HttpRequest) -> HttpResponse:
    """All the topics."""
    return render(request, "site/help/index.html", {"topics": TOPICS})


@public
def page(request: HttpRequest, topic: str) -> HttpResponse:
    """One topic; 404 for an unknown one."""
    if topic not in _BY_CODE:
        raise Http404
    context = {"topic": _BY_CODE[topic], "topics": TOPICS}
    return render(request, f"site/help/{topic}.html", context)
