"""The production set-up of `docker-compose.yml`."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import yaml

from config.folders import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_it_runs_web_worker_beat_postgres_18_and_redis():
    services = COMPOSE["services"]

    assert set(services) == {"prepare", "web", "worker", "beat", "postgres", "redis"}
    assert services["postgres"]["image"] == "postgres:18"
    assert "--pool=prefork" in services["worker"]["command"]


@pytest.mark.parametrize("service", ["prepare", "web", "worker", "beat"])
def test_our_processes_run_with_production_settings_and_without_a_default_secret(service: str):
    environment = COMPOSE["services"][service]["environment"]

    assert environment["TANDEM_ENV"] == "production"
    assert environment["SECRET_KEY"] == "${SECRET_KEY:-}"
    assert environment["ENCRYPTION_KEYS"] == "${ENCRYPTION_KEYS:-}"


def test_compose_itself_finds_it_valid():
    commands = [["docker", "compose"], ["docker-compose"]]
    found = [
        command
        for command in commands
        if shutil.which(command[0])
        and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0
    ]
    if not found:
        pytest.skip("neither docker compose nor docker-compose is here")

    done = subprocess.run([*found[0], "config", "--quiet"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
