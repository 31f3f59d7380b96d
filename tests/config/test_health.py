import pytest


@pytest.mark.django_db
def test_healthz_answers_without_a_session(client):
    assert client.get("/healthz").status_code == 200
