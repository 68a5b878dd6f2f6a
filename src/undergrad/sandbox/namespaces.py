"""What the worker does to itself before it touches a learner's code: fewer rights, small limits.

On Linux, where user namespaces are allowed, the worker gets its own view of processes, network and
files: no process can outlive it, nothing can be sent, the whole disk is read-only except for a
small scratch folder in memory, and the worked solutions are hidden. Elsewhere only the limits and
the process group remain. This guards against accidents; it is not a wall against an attacker.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_NOSUID_NODEV, _MS_REC, _MS_PRIVATE = 6, 0x4000, 1 << 18
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_SETATTR, _ATTR_RDONLY = -100, 0x8000, 442, 1
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 1, 38, 36
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAP_VERSION = 0x20080522
_SMALLEST_PID_MAX = 301  # the kernel keeps 300 for itself


def separate(scratch: str, hidden: list[str], space: int) -> list[str]:
    """Enter own namespaces. Processes forked afterwards live in them; returns the layers' names.

    scratch: folder that stays writable, replaced by one in memory of `space` bytes.
    hidden: folders to show as empty. Raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    _must(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    with suppress(OSError):  # without it files stay as they are, and the layer is not named
        _own_files(libc, scratch, hidden, space)
        return ["user", "pid", "net", "files"]
    return ["user", "pid", "net"]


def _own_files(libc: ctypes.CDLL, scratch: str, hidden: list[str], space: int) -> None:
    """Read-only everywhere but in `scratch`; works on a private copy of the mount table."""
    _must(libc.unshare(_CLONE_NEWNS))
    _must(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))
    for folder in (scratch, *hidden):
        options = f"size={space},mode=700".encode()
        _must(libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", _MS_NOSUID_NODEV, options))
    _set_readonly(libc, "/", _AT_RECURSIVE, True)
    _set_readonly(libc, scratch, 0, False)


def _set_readonly(libc: ctypes.CDLL, folder: str, flags: int, readonly: bool) -> None:
    on, off = (_ATTR_RDONLY, 0) if readonly else (0, _ATTR_RDONLY)
    attributes = struct.pack("QQQQ", on, off, 0, 0)
    _must(
        libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(folder), flags, attributes, 32)
    )  # Linux 5.12


def own_proc() -> None:
    """Show only the new namespace's processes in /proc, and bound their number. Best effort.

    A limit on processes does not hold for root; the namespace's highest process id does.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID_NODEV, None) == 0:
        with suppress(OSError):
            Path("/proc/sys/kernel/pid_max").write_text(str(_SMALLEST_PID_MAX))


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


def limit(seconds: float, memory: int, files: int, processes: int | None) -> None:
    """Bound this process and its children. `seconds` of processor time end it for certain.

    processes: None where the kernel would count the person's other processes too.
    """
    cpu = int(seconds) + 5  # the parent's clock comes first
    wanted = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_FSIZE: (files, files),
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_CORE: (0, 0),
    }
    if processes is not None:
        wanted[resource.RLIMIT_NPROC] = (processes, processes)
    for which, pair in wanted.items():
        with suppress(ValueError, OSError):  # a lower limit is in force already
            resource.setrlimit(which, pair)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


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
