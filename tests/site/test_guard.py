"""Which requests may pass. A table, since a forgotten combination is how such guards fail."""

import pytest

from undergrad.site.guard import BODY_LIMIT, CONTENT_POLICY, verdict

HOST = "127.0.0.1:8123"
READ = {"host": HOST}
WRITE = {
    "host": HOST,
    "origin": f"http://{HOST}",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    "content-length": "20",
    "x-undergrad-token": "key",
}


def _status(method, path, headers):
    refusal = verdict(method, path, headers, port=8123, token="key")
    return refusal.status if refusal else 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", READ, 200),
        ("HEAD", "/", READ, 200),
        ("GET", "/", {"host": "localhost:8123"}, 200),
        ("GET", "/", {}, 403),
        ("GET", "/", {"host": "evil.example"}, 403),
        ("GET", "/", {"host": "evil.example:8123"}, 403),
        ("GET", "/", {"host": "127.0.0.1"}, 403),
        ("GET", "/", {"host": "127.0.0.1:8124"}, 403),
        ("GET", "/", {"host": "127.0.0.1.evil.example:8123"}, 403),
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


def test_the_policy_has_no_exception_for_scripts_and_styles():
    assert "unsafe" not in CONTENT_POLICY
    assert "default-src 'self'" in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
    assert "script-src" not in CONTENT_POLICY
