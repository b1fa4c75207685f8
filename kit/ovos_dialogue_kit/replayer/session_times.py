"""Session data without the moments in it, so that two runs can be compared."""

from __future__ import annotations

from collections.abc import Mapping

from ovos_dialogue_kit.jsondata import Json, mapping_in

__all__ = ["without_times"]

_MOMENTS = frozenset({"activated_at", "expires_at"})
_HANDLERS = ("active_handlers", "converse_handlers", "fallback_handlers")


def without_times(session: Mapping[str, Json]) -> dict[str, Json]:
    """Return a session's wire data without times.

    Versions of ovos-bus-client write them in these places (``Session.serialize``):

    - up to 1.x, ``active_skills: [[id, time], …]``, which become ids, and
      ``context: {frame_stack: [[frame, time], …]}``, which become frames; 2.x writes
      both besides its own fields;
    - from 2.x on (OVOS-SESSION-1), ``activated_at`` in the handlers' lists,
      ``expires_at`` in ``response_mode`` and in each entry of ``intent_context``.
    """
    kept = {**session, "active_skills": _firsts(session.get("active_skills"))}
    for key in _HANDLERS:
        if isinstance(handlers := session.get(key), list):
            kept[key] = [_timeless(handler) for handler in handlers]
    if "response_mode" in session:
        kept["response_mode"] = _timeless(session["response_mode"])
    if entries := mapping_in(session, "intent_context"):
        kept["intent_context"] = {k: _timeless(entry) for k, entry in entries.items()}
    context = mapping_in(session, "context")
    if "frame_stack" in context:
        kept["context"] = {**context, "frame_stack": _firsts(context["frame_stack"])}
    return kept


def _firsts(pairs: Json) -> list[Json]:
    """Return the first item of each pair; what is no pair stays, no list is none."""
    listed = pairs if isinstance(pairs, list) else []
    return [
        entry[0] if isinstance(entry, list) and entry else entry for entry in listed
    ]


def _timeless(entry: Json) -> Json:
    if not isinstance(entry, dict):
        return entry
    return {key: value for key, value in entry.items() if key not in _MOMENTS}
