"""Count the connections that Linux has refused in this process's network namespace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["count_refused"]

_REFUSALS = frozenset(
    {
        "IpOutNoRoutes",
        "Ip6OutNoRoutes",
        "TcpAttemptFails",
        "UdpNoPorts",
        "Udp6NoPorts",
    }
)
"""No route to the address, or nobody there, by the names of RFC 2011 to 2013."""


def count_refused(tables: Path = Path("/proc/self/net")) -> int:
    """Return how often a process of this namespace was refused a connection."""
    counts = [*_in_pairs(tables / "snmp"), *_in_lines(tables / "snmp6")]
    return sum(int(count) for name, count in counts if name in _REFUSALS)


def _in_pairs(table: Path) -> Iterator[tuple[str, str]]:
    """Yield the counters of a table: a line of names, then one of numbers."""
    lines = table.read_text(encoding="ascii").splitlines()
    for names, numbers in zip(lines[::2], lines[1::2], strict=True):
        protocol = names.partition(":")[0]
        for name, number in zip(names.split()[1:], numbers.split()[1:], strict=True):
            yield f"{protocol}{name}", number


def _in_lines(table: Path) -> Iterator[tuple[str, str]]:
    """Yield the counters of a table that names one in each line, if it is there."""
    lines = table.read_text(encoding="ascii") if table.exists() else ""
    for line in lines.splitlines():
        name, number = line.split()
        yield name, number
