"""Jobs that fail are told: bars, and a webhook that cannot be used to reach into the own network."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sync.jobs import finish
from sync.models import FailureNotice, Job, JobNotification, WebhookDelivery
from sync.notifications import outbox, webhook
from sync.notifications.address import AddressError, is_public, parts, resolve
from tests.cast import make_user
from tests.sync.conftest import keys, records_job


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("127.0.0.1", False), ("0.0.0.0", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_internet_are_public(address: str, is_allowed: bool) -> None:
    assert is_public(address) is is_allowed


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "example.com", "http://", "https://user:word@example.com/",
     "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nX: 1", "javascript:alert(1)"],
)  # fmt: skip
def test_other_addresses_than_http_and_https_are_refused(url: str) -> None:
    with pytest.raises(AddressError) as error:
        parts(url)
    assert error.value.code == "webhook_address"


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "[::1]", "0x7f.1"])
def test_a_name_of_the_own_network_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressError) as error:
        resolve(parts(f"http://{host}/"), allows_private=False)
    assert error.value.code in ("webhook_private", "webhook_unknown_host")


class Receiver(BaseHTTPRequestHandler):
    got: list[Any] = []
    status = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1/other")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    Receiver.got, Receiver.status = [], 204
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1", Receiver
    server.shutdown()
    server.server_close()


def test_a_message_is_posted_and_no_redirect_is_followed(receiver: Any) -> None:
    url, hook = receiver
    webhook.post(url, {"event": "test"}, allows_private=True)
    assert hook.got == [("/hook?a=1", {"event": "test"})]

    with pytest.raises(AddressError) as refused:
        webhook.post(url, {}, allows_private=False)
    hook.status = 302
    with pytest.raises(AddressError) as redirected:
        webhook.post(url, {}, allows_private=True)

    assert (refused.value.code, len(hook.got)) == ("webhook_private", 2)
    assert (redirected.value.code, redirected.value.params) == ("webhook_refused", {"status": 302})


def fail(user: str = "salesperson", **values: Any) -> Job:
    make_user(user)
    job = records_job(keys(1), user_name=user, **values)
    finish.fail(job, "internal_error", {"error": "boom"})
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping", "admin")
def test_starter_and_administrators_are_told_once_enough_jobs_have_failed() -> None:
    JobNotification.objects.update(threshold=2)

    fail()
    fail(preview=True)
    assert not FailureNotice.objects.exists()
    last = fail()

    assert set(FailureNotice.objects.values_list("user_name", "count", "job")) == {
        ("admin", 2, last.pk), ("salesperson", 2, last.pk),
    }  # fmt: skip
    JobNotification.objects.update(threshold=1, notify_administrators=False)
    fail(by_user=False)
    assert FailureNotice.objects.count() == 2, "nobody of these started it"
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping")
def test_the_bar_stands_on_the_home_page_until_it_is_closed(admin: Any) -> None:
    fail()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(admin)
    notice = FailureNotice.objects.get(user_name="admin")

    assert "1 job has failed." in client.get("/erp/").content.decode()
    other = FailureNotice.objects.get(user_name="salesperson")
    assert client.post(f"/sync/notices/{other.pk}/close/", headers={"HX-Request": "true"}).status_code == 404
    client.post(f"/sync/notices/{notice.pk}/close/", headers={"HX-Request": "true"})

    assert "1 job has failed." not in client.get("/erp/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping", "admin")
def test_the_webhook_is_tried_again_and_its_failure_is_shown(
    receiver: Any, settings: Any, api: Callable[[str], Any]
) -> None:
    url, hook = receiver
    JobNotification.objects.update(webhook_url=url)
    fail()
    outbox.send_due()
    waiting = WebhookDelivery.objects.get()
    assert (waiting.state, waiting.error_code, hook.got) == ("waiting", "webhook_private", [])
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("admin"))
    assert "is an address inside a private network" in unescape(client.get("/erp/").content.decode())

    outbox.send_due()
    assert WebhookDelivery.objects.get().attempts == 1, "not before its pause is over"
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    WebhookDelivery.objects.update(next_at=timezone.now())
    outbox.send_due()

    assert WebhookDelivery.objects.get().state == "sent"
    assert hook.got[0][1]["job"]["code"] == "internal_error"
    assert api("admin").get("/api/v1/job-notifications/").json()["deliveries"][0]["attempts"] == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping", "admin")
def test_a_message_is_given_up_after_five_attempts(receiver: Any, settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    url, hook = receiver
    hook.status = 500
    JobNotification.objects.update(webhook_url=url)
    fail()

    for _time in range(7):
        WebhookDelivery.objects.update(next_at=timezone.now())
        outbox.send_due()

    found = WebhookDelivery.objects.get()
    assert (found.state, found.attempts, found.error_params) == ("failed", 5, {"status": 500})


@pytest.mark.django_db
@pytest.mark.usefixtures("connected")
def test_settings_are_changed_by_administrators_only_and_addresses_are_checked(api: Callable[[str], Any]) -> None:
    address = "/api/v1/job-notifications/"

    assert api("salesperson").get(address).status_code == 403
    refused = api("admin").patch(address, {"webhook_url": "ftp://example.com"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["webhook_url"])
    changed = api("admin").patch(address, {"webhook_url": "https://example.com/hook", "threshold": 3})

    assert (changed.status_code, changed.json()["threshold"]) == (200, 3)
