"""The command line ``kit``: read arguments, call the library, show results.

Commands import what they need when they run, so that ``kit --help`` stays quick. A
command returns its exit code, one of ``exit_codes``.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ovos_dialogue_kit._version import __version__
from ovos_dialogue_kit.cli.exit_codes import BAD_INPUT, INTERRUPTED, SUCCESS
from ovos_dialogue_kit.cli.generate import check_command, generate_command
from ovos_dialogue_kit.cli.isolate import isolate_command
from ovos_dialogue_kit.cli.matrix import matrix_command
from ovos_dialogue_kit.cli.replay import replay_command
from ovos_dialogue_kit.errors import KitError

__all__ = ["kit", "main"]


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: kit generate && kit replay",
)
@click.version_option(__version__, prog_name="kit", message="%(prog)s %(version)s")
def kit() -> None:
    """Test OpenVoiceOS skills that several people talk to at once."""


kit.add_command(generate_command)
kit.add_command(check_command)
kit.add_command(replay_command)
kit.add_command(isolate_command)
kit.add_command(matrix_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; show errors instead of raising them.

    Args:
        arguments: the words after ``kit``; by default those of this process.

    """
    try:
        code = kit.main(arguments, prog_name="kit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (KitError, OSError) as error:
        click.echo(str(error), err=True)
        return BAD_INPUT
    return code if isinstance(code, int) else SUCCESS
