"""The command line ``kit``: read arguments, call the library, show results.

Commands import what they need when they run, so that ``kit --help`` stays quick. A
command returns its exit code, one of ``exit_codes``.
"""

from __future__ import annotations

import errno
import io
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from ovos_dialogue_kit._version import __version__
from ovos_dialogue_kit.cli.click_options import WritesHelp
from ovos_dialogue_kit.cli.exit_codes import (
    BAD_INPUT,
    INTERRUPTED,
    READER_LEFT,
)
from ovos_dialogue_kit.cli.generate import check_command, generate_command
from ovos_dialogue_kit.cli.isolate import isolate_command
from ovos_dialogue_kit.cli.matrix import matrix_command
from ovos_dialogue_kit.cli.output import (
    OutputError,
    discard,
    discard_unwritable,
    flush_output,
    prepare_output,
    tell,
)
from ovos_dialogue_kit.cli.replay import replay_command
from ovos_dialogue_kit.errors import KitError

__all__ = ["kit", "main"]

_NO_THREAD = "can't start new thread"
"""Python's own words (``_thread.start_new_thread``), for which there is no class."""

_NO_FOLDER = "the current folder has been removed"
"""What it means that ``os.getcwd`` finds no file."""

_LIMITS = {
    errno.EAGAIN: "no more threads or processes can be started; see `ulimit -u`",
    errno.EMFILE: "no more files can be opened; see `ulimit -n`",
    errno.ENOMEM: "there is not enough memory",
}
"""The words for errors of the operating system that name no file."""


class _Kit(WritesHelp, click.Group):
    """The group of all commands."""


@click.group(
    cls=_Kit,
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
    prepare_output()
    try:
        code = _run(arguments)
        flush_output()
    except OutputError as error:
        discard(error.name)
        has_reader = not isinstance(error.cause, BrokenPipeError)
        with suppress(OutputError):
            if has_reader:
                tell(str(error))
        discard_unwritable()
        return BAD_INPUT if has_reader else READER_LEFT
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code: int = kit.main(arguments, prog_name="kit", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        tell(shown.getvalue().rstrip("\n"))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except KitError as error:
        tell(str(error))
        return BAD_INPUT
    except OSError as error:
        has_no_folder = error.errno == errno.ENOENT and error.filename is None
        tell(_NO_FOLDER if has_no_folder else _LIMITS.get(error.errno or 0, str(error)))
        return BAD_INPUT
    except Exception as error:  # without memory, Python may raise anything
        problem = _problem_of_limit(error)
        if problem is None:
            raise
        tell(problem)
        return BAD_INPUT
    return code


def _problem_of_limit(error: Exception) -> str | None:
    """Return in words which limit has caused an error, if one has."""
    from ovos_dialogue_kit.assistant.process.shell_limits import limits_behind

    told = "".join(traceback.format_exception(error))
    if reason := limits_behind(told):
        return f"{_LIMITS[errno.ENOMEM]}: {reason}"
    if isinstance(error, MemoryError):
        return _LIMITS[errno.ENOMEM]
    return _LIMITS[errno.EAGAIN] if str(error) == _NO_THREAD else None
