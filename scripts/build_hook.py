"""Runs before a package is built: compiles the translation catalogues, adds what the program ships with."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedFiles(BuildHookInterface[BuilderConfig]):
    """The build's one step of its own."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the build backend; ``version`` is ``editable`` for a checkout's own environment."""
        sys.path.insert(0, str(Path(self.root) / "scripts"))
        from catalogues import compile_catalogues

        compile_catalogues()
        # A checkout's environment reads both folders where they stand; a copy in it would only grow stale.
        if self.target_name == "wheel" and version == "standard":
            for folder in ("resources", "schemas"):
                build_data["force_include"][folder] = f"muniadmin/{folder}"
