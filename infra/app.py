"""The CDK app. `python -m infra.app --out .build/cdk.out` synthesises and checks it; the CDK's own command runs it too."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.layers import LayerFailed, build_layers, find_compiler
from infra.node import NodeMissing, use_node
from infra.stacks.parameters import RULES, InvalidParameters, Parameters

ROOT = Path(__file__).parents[1]
BUILD = ROOT / ".build"
NAME = "FortnoxBridge"

_SOURCES = ("infra/*.py", "infra/stacks/*.py", "infra/workflows/*.json")


def synth(outdir: Path, context: Mapping[str, object], *, bundle: bool = True) -> Path:
    """Synthesise the stack of that context into `outdir` and give the path of its template.

    With `bundle`, layers are built and cdk-nag's AwsSolutions must have nothing to say. Without, there are no layers and
    no checks, and each function's metadata names its folder. Raises InvalidParameters, NodeMissing.
    """
    return _synth(outdir, Parameters.read(context), bundle=bundle)


def template(context: Mapping[str, object]) -> dict[str, Any]:
    """Give the template of that context without layers, for the local stack; synthesised once for all contexts of a region.

    Fast when kept: nothing of the CDK is imported. Raises InvalidParameters, NodeMissing.
    """
    parameters = Parameters.read(context)
    kept = BUILD / "template" / f"{_fingerprint(parameters.region)}.json"
    if not kept.is_file():
        _keep(kept, Parameters.stencil(parameters.region))
    drawn: dict[str, Any] = json.loads(parameters.fill(kept.read_text()))
    return drawn


def _keep(kept: Path, stencil: Parameters) -> None:
    """Synthesise aside and move into place: two processes may do this at once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as aside:
        _synth(Path(aside), stencil, bundle=False).replace(kept)


def _fingerprint(region: str) -> str:
    """Hash what the template depends on: this project's place, the region, the stack's sources and the table of entries."""
    digest = hashlib.sha256(f"{ROOT}\n{region}\n".encode())
    for source in sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern)):
        digest.update(source.name.encode() + b"\n" + source.read_bytes())
    return digest.hexdigest()[:32]


def _synth(outdir: Path, parameters: Parameters, *, bundle: bool) -> Path:
    use_node()
    import aws_cdk as cdk

    from infra.stacks.bridge import FortnoxBridge

    unbundled = {"aws:cdk:disable-asset-staging": True, "aws:cdk:enable-asset-metadata": True}
    app = cdk.App(outdir=str(outdir), context={} if bundle else unbundled)
    if bundle:
        from cdk_nag import AwsSolutionsChecks

        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    FortnoxBridge(app, ROOT, parameters, build_layers(ROOT, find_compiler()) if bundle else {})
    app.synth()
    return outdir / f"{NAME}.template.json"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _context(given: list[tuple[str, str]]) -> dict[str, object]:
    """Gather the parameters from the CDK's own command (CDK_CONTEXT_JSON) and from -c name=value."""
    theirs = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    ours: dict[str, object] = {name: value for name, value in theirs.items() if name in RULES}
    return ours | dict(given)


def main() -> int:
    """Synthesise from the command line. Under the CDK's command a deployment is near, so nothing may be left unsaid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("CDK_OUTDIR", BUILD / "cdk.out")))
    parser.add_argument("-c", dest="context", action="append", type=_pair, default=[], metavar="NAME=VALUE")
    given = parser.parse_args()
    try:
        parameters = Parameters.read(_context(given.context), deploying="CDK_OUTDIR" in os.environ)
        print(_synth(given.out, parameters, bundle=True))
    except (InvalidParameters, LayerFailed, NodeMissing) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:  # all that jsii makes of a validation that found something; it has printed what
        if "ValidationFailed" not in str(error):
            raise
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
