"""Files of the pages: icons that are used exist, vendored files are what the manifest says, production can collect them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from pages import icons

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = (("static", "static/vendor/MANIFEST"), ("tests/browser/vendor", "tests/browser/vendor/MANIFEST"))


def test_every_icon_that_a_template_or_script_names_exists() -> None:
    used = set()
    for path in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([^"]+)" %}', path.read_text(encoding="utf-8")))
    for path in (ROOT / "static/js").glob("*.js"):
        used |= set(re.findall(r'Tandem\.icon\("([^"]+)"\)', path.read_text(encoding="utf-8")))

    assert len(used) > 20
    assert {name for name in used if icons.plain(name) not in icons.names()} == set()


@pytest.mark.parametrize(("folder", "manifest"), MANIFESTS)
def test_vendored_files_are_those_of_the_manifest(folder: str, manifest: str) -> None:
    lines = [line.split("\t") for line in (ROOT / manifest).read_text(encoding="utf-8").splitlines() if "\t" in line]
    assert lines
    for path, _package, version, licence, text, digest in lines:
        assert hashlib.sha256((ROOT / folder / path).read_bytes()).hexdigest() == digest, path
        assert version
        assert licence
        assert (ROOT / folder / text).is_file()
    listed = {Path(line[0]).name for line in lines} | {Path(line[4]).name for line in lines} | {"MANIFEST"}
    assert {path.name for path in (ROOT / manifest).parent.iterdir()} <= listed


def test_production_can_collect_all_files(tmp_path: Path, settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").is_file()


def test_no_script_or_style_of_ours_asks_another_address() -> None:
    for path in [*(ROOT / "static/js").glob("*.js"), *(ROOT / "static/css").glob("*.css")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path
        assert "https://" not in text, path
        assert "eval(" not in text, path
