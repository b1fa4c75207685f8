"""Run ``hivemind-core`` with a database of just the given satellites, until its end.

The standard input has one line of JSON: ``port`` to listen at, ``bus_port`` of OVOS,
and ``clients``, the rows of the database.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def run_hub() -> None:
    """Configure the hub, fill its database and run it."""
    from hivemind_core.database import ClientDatabase
    from hivemind_core.service import HiveMindService

    wanted = json.loads(sys.stdin.readline())
    here = {"host": "127.0.0.1"}
    agent, database = "hivemind-ovos-agent-plugin", "hivemind-json-db-plugin"
    network = {**here, "port": wanted["port"], "ssl": False}
    settings = {
        "agent_protocol": {
            "module": agent,
            agent: {**here, "port": wanted["bus_port"]},
        },
        "binary_protocol": {"module": None},
        "binarize": False,
        "network_protocol": {"hivemind-websocket-plugin": network},
        "database": {
            "module": database,
            database: {"name": "clients", "subfolder": "hivemind-core"},
        },
        "presence": {"enabled": False},
    }
    file = Path(os.environ["XDG_CONFIG_HOME"], "hivemind-core", "server.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")
    rows = ClientDatabase()
    with rows:
        for client in wanted["clients"]:
            rows.add_client(**client)
    HiveMindService(db=rows).run()


if __name__ == "__main__":
    run_hub()
