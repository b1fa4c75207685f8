"""Runs a command that can reach nothing, in a home full of traps.

    python kit/tests/sealed.py kit replay skill/test

The command gets a network namespace of its own, in which no interface is up, and a home
with everything in it that OVOS might read there: a ``mycroft.conf`` in each place, an
identity, a cache. Nothing of that may be read or written, nothing may stay behind, and
no packet may be sent. Each is told, not guessed:

- a file that is read gets another access time (``relatime``), as all begin in 1970;
- what is written, new or gone shows in times, sizes and names;
- the kernel counts, for each network namespace, packets that found no way out, those of
  a search for an address included.

The exit code is the command's, or 1 with a line on stderr for each thing it touched.
Needs Linux and ``unshare`` (util-linux), and leave to make namespaces.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ["Seal", "why_not"]

UNSHARE = ("unshare", "--map-root-user", "--net")
COUNT = 'report=$1; shift; "$@"; code=$?; cat /proc/net/snmp* > "$report"; exit $code'
"""What runs in the namespace: the command, then a report of what was sent in it."""

TRAP = json.dumps(
    {
        "lang": "tlh-QO",
        "intents": {"pipeline": []},
        "server": {"url": "http://192.0.2.1"},
        "websocket": {"host": "192.0.2.1"},
    }
)
"""A configuration with which no dialogue passes (192.0.2.1: RFC 5737)."""

PLACES = {
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_DIRS": "etc/xdg",
    "XDG_DATA_DIRS": "usr/share",
    "MYCROFT_SYSTEM_CONFIG": "etc/mycroft/mycroft.conf",
    "OVOS_DISTRIBUTION_CONFIG": "usr/share/mycroft/mycroft.conf",
    "MYCROFT_WEB_CACHE": ".cache/mycroft/web_cache.json",
    "TMPDIR": "tmp",
}
"""Variables that lead to a user's files, and where they lead to in the home."""

TRAPS = (
    ".config/mycroft/mycroft.conf",
    ".config/mycroft/web_cache.json",
    ".config/OpenVoiceOS/ovos.conf",
    ".mycroft/mycroft.conf",
    ".mycroft/identity/identity2.json",
    ".local/share/mycroft/mycroft.conf",
    ".local/state/mycroft/settings.json",
    ".cache/mycroft/web_cache.json",
    "etc/mycroft/mycroft.conf",
    "etc/xdg/mycroft/mycroft.conf",
    "usr/share/mycroft/mycroft.conf",
)


WAYS_OUT = (
    "Ip:OutRequests",
    "Ip:OutNoRoutes",
    "Ip6OutRequests",
    "Ip6OutNoRoutes",
)
"""Counters of Linux (Documentation/networking/snmp_counter.rst)."""


def why_not() -> str | None:
    """Return why no command can be sealed here, ``None`` if one can."""
    try:
        done = subprocess.run(
            (*UNSHARE, "true"), capture_output=True, check=False, text=True
        )
    except FileNotFoundError:
        return "there is no unshare"
    return done.stderr.strip() or None


class Seal:
    """A home full of traps.

    Args:
        home: an empty folder, on a file system that tells when a file is read.

    Raises:
        OSError: it does not tell.

    """

    def __init__(self, home: Path) -> None:
        self.home = home / "home"
        self._report = home / "sent"
        for place in TRAPS:
            trap = self.home / place
            trap.parent.mkdir(parents=True, exist_ok=True)
            trap.write_text(TRAP, encoding="utf-8")
        (self.home / PLACES["TMPDIR"]).mkdir()
        self._age()
        self._before = self._state()
        (self.home / TRAPS[0]).read_bytes()
        if self._state() == self._before:
            raise OSError(f"{home} is on a file system without times of access")
        self._age()

    def _age(self) -> None:
        """Let every file be from 1970, so that the next access is noted."""
        for trap in TRAPS:
            os.utime(self.home / trap, ns=(0, 0))

    def _state(self) -> dict[str, tuple[int, int, int]]:
        """Return of each file and folder what ``_times`` says."""
        return {
            str(path.relative_to(self.home)): _times(path)
            for path in self.home.rglob("*")
        }

    def run(self, command: Sequence[str]) -> int:
        """Run a command to its end, on this process's own output.

        Returns:
            Its exit code.

        """
        inside = ("sh", "-c", COUNT, "sh", str(self._report), *command)
        return subprocess.run(
            (*UNSHARE, *inside), check=False, env=self._environment()
        ).returncode

    def _environment(self) -> Mapping[str, str]:
        places = {name: str(self.home / place) for name, place in PLACES.items()}
        return {**os.environ, "HOME": str(self.home), **places}

    def touched(self) -> list[str]:
        """Return what the command read, wrote, made, removed and sent, in words."""
        return [*self._touched_files(), *self._sent()]

    def _touched_files(self) -> Iterator[str]:
        after = self._state()
        for name, (read, *written) in sorted(after.items()):
            if name not in self._before:
                yield f"made {name}"
            elif written != [*self._before[name][1:]]:
                yield f"wrote {name}"
            elif read != self._before[name][0]:
                yield f"read {name}"
        yield from (f"removed {name}" for name in sorted(self._before.keys() - after))

    def _sent(self) -> Iterator[str]:
        """Yield how many packets were sent or had no way out."""
        for name, count in _counts(self._report.read_text(encoding="ascii")):
            if name in WAYS_OUT and count:
                yield f"tried the network: {name} {count}"


def _times(path: Path) -> tuple[int, int, int]:
    """Return when a file was read and written, and its size; of folders nothing."""
    told = path.lstat()
    if path.is_dir():
        return 0, 0, 0
    return told.st_atime_ns, told.st_mtime_ns, told.st_size


def _counts(report: str) -> Iterator[tuple[str, int]]:
    """Yield the counters of ``/proc/net/snmp`` and ``snmp6``.

    The first has a line of names before each line of values, the second a line each.
    """
    names: list[str] = []
    for line in report.splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            yield first, int(rest[0])
        elif not names:
            names = rest
        else:
            yield from ((first + n, int(v)) for n, v in zip(names, rest, strict=True))
            names = []


def main(command: Sequence[str]) -> int:
    """Run a command sealed, tell what it touched; the exit code."""
    reason = why_not()
    if reason:
        sys.exit(f"no command can be sealed here: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="sealed-"))
    try:
        seal = Seal(folder)
        code = seal.run(command)
        touched = seal.touched()
    finally:
        shutil.rmtree(folder)
    for line in touched:
        sys.stderr.write(f"{line}\n")
    return code or int(bool(touched))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
