"""The import contract between features: its layers are the list of features, so that the order is written once."""

from typing import Any

from importlinter.contracts.layers import LayersContract

from alongside.feature_list import FEATURES, PLATFORM


class FeatureLayers(LayersContract):
    """A layers contract in which each feature may import only those listed before it."""

    def __init__(self, name: str, session_options: dict[str, Any], contract_options: dict[str, Any]) -> None:
        """Take the layers from the list of features, highest first."""
        layers = [f"({one.name})" for one in reversed(FEATURES) if one is not PLATFORM]
        super().__init__(name, session_options, {**contract_options, "layers": layers})
