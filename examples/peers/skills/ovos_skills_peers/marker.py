"""Mark every utterance: a metadata transformer, no skill."""

from typing import Any

from ovos_plugin_manager.templates.transformers import MetadataTransformer


class MarkerTransformer(MetadataTransformer):
    """Add a key to the context of each utterance."""

    def __init__(self, config: dict[str, Any] | None = None) -> None:
        """Name the plugin."""
        super().__init__("ovos-metadata-marker-peers", config=config)

    def transform(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the context with the mark."""
        return {**context, "marked": "by peers"}
