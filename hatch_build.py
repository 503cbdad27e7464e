"""The build puts the index of the bundled knowledge into the wheel, so that no user's start has to compute it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IndexBuildHook(BuildHookInterface):
    """Makes index.msgpack from data/ and adds it beside the data in the wheel. An editable install reads the live files instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from backspasm_cli.building import write_bundled
        finally:
            sys.path.remove(self.root)
        made = Path(tempfile.mkdtemp()) / "index.msgpack"
        write_bundled(made)
        build_data["force_include"][str(made)] = "backspasm_cli/data/index.msgpack"
