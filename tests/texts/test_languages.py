"""Six languages: complete catalogues, the terms of the source documents, and no English in foreign clothes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils import translation

ROOT = Path(__file__).parents[2]
FOREIGN = ("it", "sv", "fr", "es")
TERMS = {
    "Set Up Coupling": ("Imposta associazione", "Konfigurera koppling", "Configurer le couplage", "Configurar emparejamiento"),
    "Synchronize Now": ("Sincronizza adesso", "Synkronisera nu", "Synchroniser maintenant", "Sincronizar ahora"),
    "Customers": ("Clienti", "Kunder", "Clients", "Clientes"),
    "Contacts": ("Contatti", "Kontakter", "Contacts", "Contactos"),
    "OK": ("OK", "OK", "OK", "Aceptar"),
    "Integration Table Mappings": (
        "Mapping tabella integrazione", "Mappningar för integrationstabeller", "Mappages de table d'intégration",
        "Asignaciones de tablas de integración",
    ),
    "Coupled Data Synchronization Errors": (
        "Errori di sincronizzazione dati associati", "Kopplade datasynkroniseringsfel",
        "Erreurs de synchronisation des données couplées", "Errores de sincronización de datos emparejados",
    ),
}  # fmt: skip


@cache
def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def may_equal() -> set[str]:
    """The texts that may stand as in English: product names, codes, words that both languages share."""
    lines = (ROOT / "locale" / "same-as-english.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def is_empty(entry: polib.POEntry) -> bool:
    return not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated(language: str) -> None:
    assert [e.msgid for e in catalogue(language) if not e.obsolete and is_empty(e)] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_less_than_8_percent_equal_english_and_only_those_that_may(language: str) -> None:
    entries = [e for e in catalogue(language) if not e.obsolete]
    equal = [e.msgid for e in entries if e.msgstr == e.msgid]

    assert len(equal) < 0.08 * len(entries)
    assert sorted(set(equal) - may_equal()) == []


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("term", TERMS)
def test_the_terms_are_those_of_the_source_documents(language: str, term: str) -> None:
    with translation.override(language):
        assert translation.gettext(term) == TERMS[term][FOREIGN.index(language)]


@pytest.mark.parametrize(
    ("asked", "said"), [("en-nz", "Synchronise Now"), ("en-gb", "Synchronise Now"), ("en", "Synchronize Now")]
)
def test_british_spelling_serves_new_zealand(asked: str, said: str) -> None:
    with translation.override(translation.get_supported_language_variant(asked)):
        assert translation.gettext("Synchronize Now") == said


def test_swiss_french_reads_french() -> None:
    with translation.override(translation.get_supported_language_variant("fr-ch")):
        assert translation.gettext("Synchronize Now") == "Synchroniser maintenant"
