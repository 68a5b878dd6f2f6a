"""Fewer rights for a process: its own view of processes, network and files. Linux only.

Where user namespaces are allowed, no process can outlive the sandbox, nothing can be sent to
another machine, the whole disk is read-only except for a few folders, and some folders are empty.
Elsewhere only the limits and the process group remain. This guards against accidents; it is not a
wall against an attacker.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_NOSUID_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 6, 0x1000, 0x4000, 1 << 18
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_SETATTR, _ATTR_RDONLY = -100, 0x8000, 442, 1
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 1, 38, 36
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAP_VERSION = 0x20080522
_RESERVED_PIDS = 300  # the kernel keeps them for itself
_SHARED_MEMORY = "/dev/shm"


@dataclass(frozen=True)
class Folders:
    """What the sandbox sees of the disk besides a read-only view of it."""

    scratch: str  # stays writable
    space: int | None  # bytes of the scratch folder, then kept in memory; None leaves it on disk
    writable: Sequence[str] = ()
    hidden: Sequence[str] = ()  # shown as empty


def separate(folders: Folders) -> list[str]:
    """Enter own namespaces. Processes forked afterwards live in them; returns the layers' names.

    Raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    _must(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    with suppress(OSError):  # a notebook's kernel talks to its client over this interface
        _loopback_up()
    with suppress(OSError):  # without it files stay as they are, and the layer is not named
        _own_files(libc, folders)
        return ["user", "pid", "net", "files"]
    return ["user", "pid", "net"]


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _IFF_UP))


def _own_files(libc: ctypes.CDLL, folders: Folders) -> None:
    """Read-only everywhere but in a few folders; works on a private copy of the mount table."""
    _must(libc.unshare(_CLONE_NEWNS))
    _must(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))
    in_memory = [_SHARED_MEMORY] if os.path.isdir(_SHARED_MEMORY) else []
    on_disk = list(folders.writable)
    (on_disk if folders.space is None else in_memory).append(folders.scratch)
    size = "" if folders.space is None else f"size={folders.space},"
    for folder in (*in_memory, *sorted(folders.hidden)):
        if not os.path.isdir(folder):  # inside of another hidden one
            continue
        options = f"{size}mode=700".encode()
        _must(libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", _MS_NOSUID_NODEV, options))
    for folder in on_disk:
        path = os.fsencode(folder)
        _must(libc.mount(path, path, None, _MS_BIND | _MS_REC, None))
    _set_readonly(libc, "/", _AT_RECURSIVE, True)
    for folder in (*in_memory, *on_disk):
        _set_readonly(libc, folder, 0, False)


def _set_readonly(libc: ctypes.CDLL, folder: str, flags: int, readonly: bool) -> None:
    on, off = (_ATTR_RDONLY, 0) if readonly else (0, _ATTR_RDONLY)
    attributes = struct.pack("QQQQ", on, off, 0, 0)
    _must(
        libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(folder), flags, attributes, 32)
    )  # Linux 5.12


def own_proc(processes: int) -> None:
    """Show only the new namespace's processes in /proc, and bound their number. Best effort.

    A limit on processes does not hold for root; the namespace's highest process id does.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID_NODEV, None) == 0:
        with suppress(OSError):
            Path("/proc/sys/kernel/pid_max").write_text(str(_RESERVED_PIDS + processes))


def die_with_parent(number: int) -> None:
    """Receive signal `number` when the process that started this one ends. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def drop_rights() -> None:
    """Give up what the user namespace granted, so that no mount can be undone. Linux only."""
    number = _CAPSET.get(os.uname().machine)
    if sys.platform != "linux" or number is None:
        return
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(number, struct.pack("Ii", _CAP_VERSION, 0), bytes(24))


def descendants() -> list[int]:
    """Process ids of everything below this process, from /proc; empty where there is none."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):  # gone meanwhile
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, waiting = [], [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _must(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
