"""Values travel as plain data; everything else arrives as `Opaque` or is refused."""

import json
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from undergrad.checker.answer import Opaque
from undergrad.checker.codec import decode, encode, plain
from undergrad.sandbox.frames import ProtocolError, pack, unpack

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(PLAIN)
def test_plain_values_come_back_as_they_were(value):
    assert repr(plain(value)) == repr(value)


@pytest.mark.parametrize("code", "?bhilBHILefdFD")
def test_arrays_come_back_as_they_were(code):
    array = np.arange(-6, 6).astype(code).reshape(3, 4).T
    back = plain([array, array[:0], array[0, 0]])
    assert np.array_equal(back[0], array) and back[0].dtype == array.dtype
    assert back[1].shape == (0, 3) and back[2] == array[0, 0]
    assert not hasattr(back[2], "shape") or back[2].shape == ()


def test_other_byte_orders_and_views_arrive_as_ordinary_arrays():
    array = np.arange(12.0).reshape(3, 4)
    for view in (array.astype(">f8"), array[::2, ::-1], np.asfortranarray(array)):
        back = plain(view)
        assert np.array_equal(back, view) and back.dtype == np.dtype("f8")


class Float(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Array(np.ndarray):
    pass


STRANGE = {
    "subclass of float": (Float(1), "Float"),
    "subclass of array": (np.zeros(2).view(Array), "Array"),
    "masked array": (np.ma.zeros(2), "MaskedArray"),
    "array of objects": (np.array([None, 1]), "ndarray of object"),
    "array of texts": (np.array(["a"]), "ndarray of str32"),
    "records": (np.zeros(2, "i4,f8"), "ndarray of void96"),
    "generator": ((x for x in ""), "generator"),
    "function": (len, "builtin_function_or_method"),
    "set": ({1}, "set"),
    "bytes": (b"x", "bytes"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_other_objects_arrive_as_their_name(name):
    value, kind = STRANGE[name]
    assert plain([value]) == [Opaque(kind)]


def test_too_large_and_endless_values_arrive_as_a_note():
    endless = []
    endless.append(endless)
    for value in (endless, list(range(100_000)), "x" * 10**6, 10**200_000, np.zeros(10**7)):
        assert isinstance(plain(value), Opaque) and plain(value).note


def frame(value):
    """The header and the raw numbers of a frame, as they travel."""
    message, raw = encode({"say": "x"}, value)
    return pack(message, raw)[8 : -len(raw) or None], raw


def received(header, raw):
    """What the parent makes of these bytes."""
    buffer = bytearray(struct.pack("<II", len(header), len(raw)) + header + raw)
    ((message, numbers),) = unpack(buffer)
    assert not buffer
    return decode(message, numbers)


FORGED = {
    "no message": (b"[1, 2]", b""),
    "not JSON": (b"\x80\x04}", b""),
    "no value": (b"{}", b""),
    "unknown kind": (b'{"value": ["pickle", "x"]}', b""),
    "wrong content": (b'{"value": ["int", 3]}', b""),
    "too few numbers": (b'{"value": ["array", "<f8", [3]]}', b"12345678"),
    "too many numbers": (b'{"value": ["array", "<f8", [1]]}', b"12345678" * 2),
    "negative size": (b'{"value": ["array", "<f8", [-1]]}', b""),
    "huge size": (b'{"value": ["array", "<f8", [99999999, 99999999]]}', b""),
    "objects": (b'{"value": ["array", "|O", [1]]}', b"12345678"),
    "list as key": (b'{"value": ["dict", [[["list", []], ["const", null]]]]}', b""),
    "deep": (b'{"value": ' + b'["list", [' * 5000 + b"]]" * 5000 + b"}", b""),
    "digits": (b'{"value": ["int", "' + b"9" * 10**6 + b'"]}', b""),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_frames_are_refused(name):
    with pytest.raises(ProtocolError):
        received(*FORGED[name])


def test_every_cut_of_a_frame_is_refused():
    header, raw = frame([1.5, {"a": np.arange(4.0)}])
    for end in range(len(header)):
        with pytest.raises(ProtocolError):
            received(header[:end], raw)
    for end in range(len(raw)):
        with pytest.raises(ProtocolError):
            received(header, raw[:end])


def test_changed_bytes_never_do_anything_but_change_or_refuse():
    header, raw = frame([1, "x", (2.5, None), {"a": True}, np.eye(2)])
    rng = np.random.default_rng(0)
    for at, byte in zip(
        rng.integers(len(header), size=500), rng.integers(256, size=500), strict=True
    ):
        changed = bytearray(header)
        changed[at] = byte
        try:
            message, _ = received(bytes(changed), raw)
        except ProtocolError:
            continue
        assert isinstance(message, dict)


def test_messages_keep_their_other_entries():
    message, value = received(*frame(None))
    assert message == {"say": "x"} and value is None
    assert json.loads(frame((1, 2))[0])["value"][0] == "tuple"
