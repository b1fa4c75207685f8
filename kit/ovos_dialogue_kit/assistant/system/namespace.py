"""Give the assistant's process a network of its own, with nobody else in it.

So what it starts has no way out either, in whatever language it is written. Linux makes
such a namespace for root, and for other users where it lets them have a user namespace;
some containers and distributions do not.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import MutableMapping
from pathlib import Path

__all__ = ["leave_network", "without_proxies"]

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_CAPABILITIES = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def without_proxies(environment: MutableMapping[str, str]) -> None:
    """Remove the addresses of proxies, so that skills ask for the host itself."""
    for name in [each for each in environment if each.lower().endswith("_proxy")]:
        del environment[name]


def leave_network() -> bool:
    """Move this process, which has no other threads, into a network of its own.

    Only its loopback interface is up. Returns False where Linux does not allow that;
    then nothing has changed.
    """
    pid = os.fork()  # whether it works shows only when it is half done
    if pid == 0:  # pragma: no cover  # not measured: it has no time to say so
        try:
            _leave()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status == 0:
        _leave()
    return status == 0


def _leave() -> None:
    """Leave the network.

    Raises:
        OSError: Linux does not allow it, or not all of it.

    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        _leave_as_user(libc)  # pragma: no cover  # tested in an unmeasured process
    _raise_loopback()
    if os.getuid():
        _drop_capabilities(libc)  # pragma: no cover  # as above


def _leave_as_user(libc: ctypes.CDLL) -> None:  # pragma: no cover  # as above
    """Leave the network together with the user namespace, which anybody may leave."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no namespace")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _raise_loopback() -> None:
    """Let the processes of this namespace talk to each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH22x", b"lo", _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _drop_capabilities(libc: ctypes.CDLL) -> None:  # pragma: no cover  # as above
    """Give up what a user namespace grants: files are as protected as before."""
    header = struct.pack("Ii", _CAPABILITIES, 0)
    libc.capset(header, bytes(24))
