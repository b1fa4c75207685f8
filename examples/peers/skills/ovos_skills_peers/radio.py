"""Offer five radio stations to OVOS Common Play (OCP)."""

from collections.abc import Iterator
from typing import Any

from ovos_utils.ocp import MediaType, PlaybackType
from ovos_workshop.decorators.ocp import ocp_search
from ovos_workshop.skills.common_play import OVOSCommonPlaybackSkill


class RadioSkill(OVOSCommonPlaybackSkill):
    """Score high if a radio or the skill's name is asked for, and low otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Declare the supported media types."""
        super().__init__(
            *args, supported_media=[MediaType.RADIO, MediaType.GENERIC], **kwargs
        )

    @ocp_search()
    def search_stations(
        self, phrase: str, media_type: MediaType
    ) -> Iterator[dict[str, Any]]:
        """Yield stations, the best match last."""
        fits = 50 if media_type == MediaType.RADIO else 0
        fits += 35 if "radio" in phrase.lower() else 0
        for number in range(5):
            yield {
                "match_confidence": fits + number,
                "media_type": MediaType.RADIO,
                "playback": PlaybackType.AUDIO,
                "uri": f"https://radio.example/{number}.mp3",
                "title": f"station {number}",
                "author": "peers",
                "length": 0,
            }
