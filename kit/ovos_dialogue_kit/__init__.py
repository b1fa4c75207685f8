"""Test OpenVoiceOS skills that several people talk to at once."""

from ovos_dialogue_kit._version import __version__

__all__ = ["__version__"]
