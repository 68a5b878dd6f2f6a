"""Which requests may pass. A table, since a forgotten combination is how such guards fail."""

import pytest

from undergrad.site.door import Door
from undergrad.site.guard import BODY_LIMIT, CONTENT_POLICY, gate, verdict

HOST = "127.0.0.1:8123"
SPACE = "name-8123.app.github.dev"
DOOR = Door(8123, b"secret", print)
GATE = gate(DOOR, 8123, "key", allowed=["localhost:9000", SPACE.title()])
COOKIE = DOOR.set_cookie().partition(";")[0]
READ = {"host": HOST, "cookie": COOKIE}
WRITE = {
    **READ,
    "origin": f"http://{HOST}",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    "content-length": "20",
    "x-undergrad-token": "key",
}


def _status(method, path, headers):
    refusal = verdict(method, path, headers, GATE)
    return refusal.status if refusal else 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", READ, 200),
        ("HEAD", "/", READ, 200),
        ("GET", "/", {**READ, "host": "localhost:8123"}, 200),
        ("GET", "/", {**READ, "host": "LOCALHOST:8123"}, 200),
        ("GET", "/", {**READ, "host": "localhost:9000"}, 200),
        ("GET", "/", {**READ, "host": "localhost:9001"}, 403),
        ("GET", "/", {"host": HOST}, 403),
        ("GET", "/", {**READ, "cookie": "undergrad-8123="}, 403),
        ("GET", "/", {**READ, "cookie": COOKIE[:-1]}, 403),
        ("GET", "/", {**READ, "cookie": COOKIE.replace("8123", "8124")}, 403),
        ("GET", "/", {**READ, "cookie": f"other=1; {COOKIE}; more=2"}, 200),
        ("GET", "/api/events", {"host": HOST}, 403),
        ("POST", "/api/read", {k: v for k, v in WRITE.items() if k != "cookie"}, 403),
        ("POST", "/api/read", {**WRITE, "origin": f"https://{SPACE}"}, 200),
        ("POST", "/api/read", {**WRITE, "host": SPACE, "origin": f"https://{SPACE}"}, 200),
        ("POST", "/api/read", {**WRITE, "origin": "https://other-8123.app.github.dev"}, 403),
        ("POST", "/api/read", {**WRITE, "host": SPACE, "origin": f"http://{HOST}"}, 200),
        ("POST", "/api/read", {**WRITE, "host": SPACE, "origin": "http://localhost:8123"}, 200),
        ("POST", "/api/read", {**WRITE, "host": SPACE, "origin": "http://localhost:8124"}, 403),
        ("POST", "/api/read", {**WRITE, "host": SPACE, "origin": "http://evil.example"}, 403),
        ("GET", "/", {}, 403),
        ("GET", "/", {**READ, "host": "evil.example"}, 403),
        ("GET", "/", {**READ, "host": "evil.example:8123"}, 403),
        ("GET", "/", {**READ, "host": "127.0.0.1"}, 403),
        ("GET", "/", {**READ, "host": "127.0.0.1:8124"}, 403),
        ("GET", "/", {**READ, "host": "127.0.0.1.evil.example:8123"}, 403),
        ("GET", "/", {**READ, "sec-fetch-site": "cross-site"}, 200),  # a link on another page
        ("GET", "/api/status", {**READ, "sec-fetch-site": "cross-site"}, 403),
        ("GET", "/api/status", {**READ, "sec-fetch-site": "same-site"}, 403),
        ("GET", "/api/status", {**READ, "origin": "http://127.0.0.1:9999"}, 403),
        ("GET", "/api/status", {**READ, "sec-fetch-site": "none"}, 200),
        ("GET", "/api/status", READ, 200),
        ("POST", "/api/read", WRITE, 200),
        ("POST", "/api/read", {**WRITE, "content-type": "Application/JSON; charset=utf-8"}, 200),
        ("POST", "/api/read", {k: v for k, v in WRITE.items() if k != "origin"}, 200),
        ("POST", "/api/read", {**WRITE, "origin": "http://evil.example"}, 403),
        ("POST", "/api/read", {**WRITE, "origin": "null"}, 403),
        ("POST", "/api/read", {**WRITE, "origin": "http://localhost:8123"}, 403),
        ("POST", "/api/read", {**WRITE, "sec-fetch-site": "same-site"}, 403),
        ("POST", "/api/read", {**WRITE, "x-undergrad-token": "other"}, 403),
        ("POST", "/api/read", {**WRITE, "x-undergrad-token": "schlüssel"}, 403),
        ("POST", "/api/read", {k: v for k, v in WRITE.items() if "token" not in k}, 403),
        ("POST", "/api/read", {**WRITE, "content-type": "text/plain"}, 415),
        ("POST", "/api/read", {k: v for k, v in WRITE.items() if k != "content-type"}, 415),
        ("POST", "/api/read", {**WRITE, "content-length": str(BODY_LIMIT + 1)}, 413),
        ("POST", "/api/read", {**WRITE, "content-length": "-1"}, 413),
        ("POST", "/index.html", WRITE, 405),
        ("PUT", "/api/read", WRITE, 405),
        ("OPTIONS", "/api/read", READ, 405),
    ],
)
def test_verdict(method, path, headers, status):
    assert _status(method, path, headers) == status


@pytest.mark.parametrize("host", ["localhost:9001", "name-8124.app.github.dev"])
def test_a_name_that_could_be_meant_is_refused_with_the_cure(host):
    refusal = verdict("GET", "/", {**READ, "host": host}, GATE)
    assert f"`undergrad serve --allow-host {host}`" in refusal.reason
    origin = verdict("GET", "/api/status", {**READ, "origin": f"https://{host}"}, GATE)
    assert f"`undergrad serve --allow-host {host}`" in origin.reason


@pytest.mark.parametrize("host", ["<b>", "a b", "-`rm`", "$(id)", ""])
def test_what_is_not_a_name_is_not_repeated(host):
    refusal = verdict("GET", "/", {**READ, "host": host}, GATE)
    assert "--allow-host" not in refusal.reason


def test_the_policy_has_no_exception_for_scripts_and_styles():
    assert "unsafe" not in CONTENT_POLICY
    assert "default-src 'self'" in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
    assert "script-src" not in CONTENT_POLICY
