"""The two Lambda layers, built for arm64 on any machine and without Docker; each build is kept by a hash of its sources.

Bytecode is compiled with unchecked hashes: under /opt nothing can be written and all files carry the same invented time,
so Lambda would trust neither the default kind nor make its own, and every start would compile everything anew.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

RUNTIME = "3.13"
"""Python of the Lambda runtime. Wheels and bytecode are for this one."""

PLATFORM = "aarch64-manylinux2014"

SERVICES = frozenset(("dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "stepfunctions", "sts"))
"""The AWS services that the layer can call; botocore's descriptions of the other four hundred are left out."""

_BROWSER_FILES = ("*.js", "*.css")
_TOOLS = ("auth_alpha", "circuit_breaker", "data_masking", "feature_flags", "idempotency", "kafka")
_UNUSED = (
    "*/*.pyi",
    "*/py.typed",
    "boto3/examples",
    "bin",
    "pydantic/v1",
    *(f"aws_lambda_powertools/utilities/{tool}" for tool in _TOOLS),
    *(f"aws_lambda_powertools/event_handler/openapi/swagger_ui/{kind}" for kind in _BROWSER_FILES),
)
"""What is never read at run time. The dist-info folders stay: Amazon Inspector finds vulnerable packages by them."""


class LayerFailed(Exception):
    """A layer could not be built; the message ends with what the tool said."""


def build_layers(root: Path, compiler: Path | None) -> dict[str, Path]:
    """Build what is not yet built, and give the folder of each layer by its name. Raises LayerFailed."""
    if compiler is None:
        _say(f"no Python {RUNTIME} found: the layers get no bytecode, and each cold start compiles it (about 0.5 s)")
    lock, house = root / "requirements" / "runtime.txt", root / "layers" / "bridge" / "python"
    sources = [path for path in house.rglob("*") if path.suffix in (".py", ".json")]
    return {
        "dependencies": _build(root, "dependencies", [lock], lambda target: _install(lock, target), compiler),
        "bridge": _build(root, "bridge", sources, lambda target: _copy(house, sources, target), compiler),
    }


def find_compiler() -> Path | None:
    """Look for an interpreter of the runtime's version: on PATH, of pyenv or of uv."""
    home = Path.home()
    on_path = shutil.which(f"python{RUNTIME}")
    candidates = [
        *([Path(on_path)] if on_path else ()),
        *sorted((home / ".pyenv" / "versions").glob(f"{RUNTIME}*/bin/python{RUNTIME}")),
        *sorted((home / ".local" / "share" / "uv" / "python").glob(f"cpython-{RUNTIME}*/bin/python{RUNTIME}")),
    ]
    return next((path for path in candidates if _is_runtime(path)), None)


def zipped(folder: Path) -> int:
    """Bytes of the folder as a zip, about as the CDK makes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))
    return packed.tell()


def _build(root: Path, name: str, sources: Iterable[Path], fill: Callable[[Path], None], compiler: Path | None) -> Path:
    """Fill `python/` of a folder aside, compile, and move it into place: two processes may do this at once."""
    kept = root / ".build" / "layers" / f"{name}-{_fingerprint(root, sources, compiled=compiler is not None)}"
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as aside:
        made = Path(aside) / "layer"
        fill(made / "python")
        if compiler:
            _compile(compiler, made / "python")
        _say(f"layer {name}: {zipped(made) / 1e6:.1f} MB zipped")
        if not kept.is_dir():
            made.rename(kept)
    return kept


def _fingerprint(root: Path, sources: Iterable[Path], *, compiled: bool) -> str:
    digest = hashlib.sha256(f"{RUNTIME} {PLATFORM} {compiled}\n".encode() + Path(__file__).read_bytes())
    for source in sorted(sources):
        digest.update(f"\n{source.relative_to(root).as_posix()}\n".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _install(lock: Path, target: Path) -> None:
    """Install the pinned wheels of the target platform. Copied, for links would let pruning damage uv's cache."""
    platform = ("--python-platform", PLATFORM, "--python-version", RUNTIME)
    safely = ("--only-binary", ":all:", "--require-hashes", "--link-mode", "copy", "--quiet")
    _run([sys.executable, "-m", "uv", "pip", "install", *platform, *safely, "--target", target, "-r", lock])
    for path in [path for pattern in _UNUSED for path in target.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in [*target.glob("botocore/data/*/"), *target.glob("boto3/data/*/")]:
        if path.is_dir() and path.name not in SERVICES:
            shutil.rmtree(path)
    (target / ".lock").unlink(missing_ok=True)


def _copy(house: Path, sources: Iterable[Path], target: Path) -> None:
    for source in sources:
        copy = target / source.relative_to(house)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


def _compile(compiler: Path, target: Path) -> None:
    """Compile with the paths the files will have under /opt, so that tracebacks and hashes do not tell this machine's."""
    paths = ("-s", target, "-p", "/opt/python")
    _run([compiler, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", *paths, target])


def _is_runtime(python: Path) -> bool:
    asked = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout.startswith(f"Python {RUNTIME}.")


def _run(command: list[str | os.PathLike[str]]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LayerFailed(f"{' '.join(map(str, command[:5]))} … failed:\n{done.stderr.strip()[-2000:]}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
