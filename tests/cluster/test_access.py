"""What opens a cluster, what a worker must prove, and every wrong thing that a person can name."""

import json
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("distributed", reason="needs the extra: pip install 'undergrad[cluster]'")

from tests.cluster.machines import free_port, started

from undergrad import extras
from undergrad.cli import main
from undergrad.errors import ToolError, UsageError
from undergrad.runs.cluster import access, client, proof
from undergrad.runs.cluster.client import Member
from undergrad.words import day

HERE = {"undergrad": "0.1.0 (a)", "Python": "3.11", "NumPy": "2.3.5", "arithmetic": "aa"}


def said(capsys, monkeypatch, *arguments):
    """The exit code of a command, and what it printed."""
    monkeypatch.setattr(sys, "argv", ["undergrad", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    return left.value.code, " ".join((out + err).split())


@pytest.fixture(scope="module")
def opens():
    return access.create("127.0.0.1", free_port())


def expired(opens):
    """The same cluster, of which the certificate ended yesterday."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    key = serialization.load_pem_private_key(opens.key.encode(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "old")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(9), now - timedelta(1)
    ).sign(key, hashes.SHA256())
    text = made.public_bytes(serialization.Encoding.PEM).decode()
    return access.Access(opens.address, text, opens.key)


def test_a_cluster_file_is_read_as_it_was_written_and_by_its_owner_only(tmp_path, opens):
    file = tmp_path / "cluster.json"
    access.write(opens, file)
    assert access.read(file) == opens
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert opens.key not in repr(opens)
    assert timedelta(300) < opens.expires - datetime.now(UTC) < timedelta(400)
    with pytest.raises(UsageError, match="exists already"):
        access.write(opens, file)


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "3", "[" * 100_000, "{}", '{"kind": "undergrad cluster 1"}'),
        '{"kind": "undergrad cluster 1", "address": "tls://a:1", "certificate": "x", "key": "y"}',
        '{"kind": "undergrad cluster 1", "address": 3, "certificate": 4, "key": null}',
    ],
)
def test_what_is_no_cluster_file_is_one_sentence(tmp_path, content):
    file = tmp_path / "cluster.json"
    file.write_text(content)
    with pytest.raises(UsageError, match="is not a cluster file: copy the one"):
        access.read(file)


@pytest.mark.parametrize("change", [{"kind": "another"}, {"address": "tcp://a:1"}, {"key": "k"}])
def test_a_cluster_file_must_be_whole(tmp_path, opens, change):
    file = tmp_path / "cluster.json"
    access.write(opens, file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(UsageError, match="is not a cluster file"):
        access.read(file)


def test_wrong_files_are_refused_by_every_command(tmp_path, monkeypatch, capsys, opens):
    monkeypatch.chdir(tmp_path)
    access.write(expired(opens), tmp_path / "old.json")
    yesterday = day(datetime.now(UTC) - timedelta(1))
    for command in (["cluster", "join"], ["cluster", "status"], ["train", "celsius", "--cluster"]):
        code, words = said(capsys, monkeypatch, *command, "none.json")
        assert code == 2 and "There is no cluster file none.json" in words
        code, words = said(capsys, monkeypatch, *command, tmp_path)
        assert code == 2 and "is not a cluster file" in words
        code, words = said(capsys, monkeypatch, *command, "old.json")
        assert code == 2 and f"old.json expired on {yesterday}: remove it" in words
    code, words = said(capsys, monkeypatch, "cluster", "start", "--file", "old.json")
    assert code == 2 and "expired" in words
    assert not (tmp_path / "runs").exists()


def test_a_file_of_another_cluster_is_not_started(tmp_path, monkeypatch, capsys, opens):
    access.write(opens, tmp_path / "cluster.json")
    command = ("cluster", "start", "--port", "1", "--file", tmp_path / "cluster.json")
    code, words = said(capsys, monkeypatch, *command)
    assert code == 2 and f"opens another cluster, {opens.address}: start it there" in words


def test_nobody_at_the_address_is_said_in_time(tmp_path, monkeypatch, capsys, opens):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(client, "_PATIENCE", 0.5)
    access.write(opens, tmp_path / "cluster.json")
    code, words = said(capsys, monkeypatch, "cluster", "status")
    assert code == 3 and f"Nobody answers at {opens.address} with this certificate" in words
    assert not (tmp_path / "runs").exists()


def test_without_the_extra_every_command_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    start = ("train", "celsius", "--cluster", "cluster.json")
    for command in (("cluster", "start"), ("cluster", "join"), ("cluster", "status"), start):
        code, words = said(capsys, monkeypatch, *command)
        assert code == 2 and "needs Dask: run `pip install 'undergrad[cluster]'`." in words
    assert not list(tmp_path.iterdir())


def test_without_a_cluster_nothing_of_dask_is_imported():
    script = (
        "import sys\n"
        "import undergrad.cli.train, undergrad.cli.cluster, undergrad.runs.session\n"
        "import undergrad.rl.run.seeds, undergrad.supervised.catalogue\n"
        "print({'distributed', 'dask', 'cryptography', 'tornado'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


# Proofs


@pytest.mark.parametrize("name", ["dot", "exp", "log1p", "tanh"])
def test_the_last_bit_of_any_function_shows_in_the_arithmetic(name, monkeypatch):
    usual, before = getattr(np, name), proof.arithmetic()

    def other(*arrays):
        result = usual(*arrays)
        result.flat[-1] = np.nextafter(result.flat[-1], np.inf, dtype=result.dtype)
        return result

    monkeypatch.setattr(np, name, other)
    assert proof.arithmetic() != before


def test_a_changed_module_shows_in_the_source_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(proof, "_SOURCE", tmp_path)
    (tmp_path / "_data").mkdir()
    hashes = []
    for name, text in (("a.py", "1"), ("b.yaml", "1"), ("a.py", "2"), ("c.py", "1")):
        (tmp_path / name).write_text(text)
        hashes.append(proof.source_hash())
    (tmp_path / "_data" / "unit.py").write_text("the course")
    (tmp_path / "a.pyc").write_text("compiled")
    assert len({*hashes}) == 4 and proof.source_hash() == hashes[-1]


def member(**changes):
    return Member("tls://b:1", "b", {**HERE, **changes}, False)


def test_a_difference_names_both_values():
    there = {**HERE, "NumPy": "2.4.6", "arithmetic": "bb"}
    differ = "NumPy 2.4.6 there and 2.3.5 here, arithmetic bb there and aa here"
    assert proof.difference(there, HERE) == differ
    assert proof.difference(HERE, HERE) == ""
    assert proof.resource(there) != proof.resource(HERE) == proof.resource(dict(HERE))


@pytest.mark.parametrize(
    ("found", "earlier", "chosen"),
    [
        (["aa", "bb", "bb"], "", "aa"),  # as here
        (["cc", "bb", "bb"], "", "bb"),  # as most
        (["aa", "bb"], "bb", "bb"),  # as the run was started
    ],
)
def test_workers_of_one_arithmetic_are_chosen(found, earlier, chosen):
    members = [member(arithmetic=one) for one in found]
    members.append(member(arithmetic="dd", NumPy="1.0"))
    assert client.choose(members, HERE, earlier) == {**HERE, "arithmetic": chosen}


@pytest.mark.parametrize(
    ("members", "earlier", "words"),
    [
        ([], "", "has no worker: start some with `undergrad cluster join`"),
        ([member(NumPy="1.0")], "", r"NumPy 1.0 there and 2.3.5 here\): install the same"),
        ([Member("tls://b:1", "b", {}, False)], "", "undergrad unknown there"),
        ([member(arithmetic="bb")], "aa", "started on machines of arithmetic aa, .* have bb"),
    ],
)
def test_no_worker_that_fits_is_one_sentence(members, earlier, words):
    with pytest.raises(ToolError, match=words):
        client.choose(members, HERE, earlier)


def test_a_machine_of_another_version_cannot_join(tmp_path, monkeypatch, capsys, opens):
    file = tmp_path / "cluster.json"
    access.write(opens, file)
    theirs = SimpleNamespace(run_on_scheduler=lambda ask: {**ask(), "NumPy": "1.0"})
    there = nullcontext(SimpleNamespace(client=theirs))
    monkeypatch.setattr(client, "connect", lambda opens: there)
    code, words = said(capsys, monkeypatch, "cluster", "join", file)
    assert code == 3 and "This machine cannot join (NumPy 1.0 there and" in words


@pytest.mark.slow
def test_only_the_certificate_of_the_cluster_opens_it(tmp_path, monkeypatch, capsys):
    with started(tmp_path, 0) as (_, file):
        opens = access.read(file)
        stranger = replace(access.create("127.0.0.1", 1), address=opens.address)
        assert greeting(opens)
        assert not greeting(stranger) and not greeting(replace(opens, certificate=""))
        access.write(stranger, tmp_path / "stranger.json")
        for command in ("join", "status"):
            code, words = said(capsys, monkeypatch, "cluster", command, tmp_path / "stranger.json")
            assert code == 3 and f"Nobody answers at {opens.address} with this" in words


def greeting(opens):
    """The first bytes that a scheduler sends to who shows this certificate, or none at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with tempfile.NamedTemporaryFile("w") as pem:
        if opens.certificate:
            pem.write(opens.certificate + opens.key)
            pem.flush()
            context.load_cert_chain(pem.name)
        host, _, port = opens.address.removeprefix("tls://").rpartition(":")
        try:
            with (
                socket.create_connection((host, int(port)), 10) as plain,
                context.wrap_socket(plain) as secured,
            ):
                return secured.recv(1)
        except OSError:
            return b""
