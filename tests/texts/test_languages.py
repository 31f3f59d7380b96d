"""Six languages: complete catalogues, the terms of the source documents, and no English in foreign clothes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils import translation

from config.extraction import extract

ROOT = Path(__file__).parents[2]
FOREIGN = ("it", "sv", "fr", "es")
ALL = (*FOREIGN, "en_GB")
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
    "Synch. Only Coupled Records": (
        "Sinc. solo record associati", "Synka endast kopplade transaktioner",
        "Synch. uniquement les enregistrements couplés", "Sincronizar solo reg. emparejados",
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


def keys(file: polib.POFile) -> set[tuple[str | None, str, str]]:
    """What the texts of a catalogue are known by: context, text, plural."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in file if not entry.obsolete}


@pytest.fixture(scope="module")
def program() -> set[tuple[str | None, str, str]]:
    """The texts that stand in the program now."""
    return keys(extract())


def translations(entry: polib.POEntry) -> list[tuple[str, list[str]]]:
    """Each translation of an entry, with the texts it may stand for."""
    if entry.msgid_plural:
        return [(said, [entry.msgid, entry.msgid_plural]) for said in entry.msgstr_plural.values()]
    return [(entry.msgstr, [entry.msgid])]


def placeholders(text: str) -> list[str]:
    """The parts that stand for a value, and the marks of HTML, sorted."""
    return sorted(re.findall(r"%\(\w+\)[sd]|%%n|</?\w+[^>]*>", text))


@pytest.mark.parametrize("language", ALL)
def test_the_catalogue_holds_the_texts_of_the_program_and_no_others(
    language: str, program: set[tuple[str | None, str, str]]
) -> None:
    assert sorted(program ^ keys(catalogue(language)), key=str) == [], "manage.py extract_messages"


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated(language: str) -> None:
    assert [e.msgid for e in catalogue(language) if not e.obsolete and is_empty(e)] == []


@pytest.mark.parametrize("language", ALL)
def test_placeholders_are_those_of_the_text(language: str) -> None:
    wrong = [
        (said, entry.msgid)
        for entry in catalogue(language)
        for said, texts in translations(entry)
        if said and placeholders(said) not in [placeholders(text) for text in texts]
    ]

    assert wrong == []


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
