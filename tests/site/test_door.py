"""The address that works once, the cookie it gives, and the file that keeps the secret."""

import os
import stat
from urllib.parse import parse_qs, urlsplit

import pytest

from undergrad.site.door import Door, kept_secret


def _key(address):
    return parse_qs(urlsplit(address).query)["key"][0]


def test_an_address_works_once_and_the_next_one_is_announced():
    announced = []
    door = Door(8123, b"secret", announced.append)
    first = _key(door.address)
    assert not door.spend("other")
    assert not door.spend("schlüssel")
    assert not announced
    assert door.spend(first)
    assert not door.spend(first)
    assert announced == [door.address]
    assert door.spend(_key(door.address))


def test_behind_a_proxy_the_address_is_that_of_the_proxy():
    assert Door(8123, b"secret", print).address.startswith("http://127.0.0.1:8123/?key=")
    space = Door(8123, b"secret", print, "name-8123.app.github.dev").address
    assert space.startswith("https://name-8123.app.github.dev/?key=")


def test_the_cookie_follows_from_the_secret_and_the_port():
    door, again = (Door(8123, b"secret", print) for _ in range(2))
    cookie = door.set_cookie().partition(";")[0]
    assert again.admits(cookie)
    assert not Door(8124, b"secret", print).admits(cookie)
    assert not Door(8123, b"other", print).admits(cookie)
    assert not door.admits("")
    assert not door.admits("undergrad-8123=ü; \x00")


def test_the_cookie_is_hidden_from_scripts_and_other_sites():
    attributes = Door(8123, b"secret", print).set_cookie().split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} == set(attributes)


def test_the_secret_is_kept_in_a_file_for_its_owner_alone(tmp_path):
    file = tmp_path / "site" / "secret"
    secret = kept_secret(file)
    assert len(secret) == 32
    assert kept_secret(file) == secret
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_secret_that_others_could_read_is_replaced(tmp_path):
    file = tmp_path / "secret"
    secret = kept_secret(file)
    file.chmod(0o640)
    assert kept_secret(file) != secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
