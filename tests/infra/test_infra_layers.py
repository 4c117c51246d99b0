"""The layers: for arm64 and Python 3.13, small, with bytecode, and with everything that our code imports."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.app import ROOT
from infra.layers import SERVICES, LayerFailed, build_layers, find_compiler, zipped

AARCH64 = 183
"""The machine of an ELF header (EM_AARCH64)."""


def _imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _holds(layer: Path, module: str) -> bool:
    place = layer / "python" / Path(*module.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file() or any(place.parent.glob(f"{place.name}.*.so"))


def test_native_code_is_for_arm64_and_the_runtimes_python(layers: dict[str, Path]) -> None:
    native = [path for layer in layers.values() for path in layer.rglob("*.so*")]
    assert native
    for path in native:
        header = path.read_bytes()[:20]
        assert header[:4] == b"\x7fELF"
        assert int.from_bytes(header[18:20], "little") == AARCH64, path.name
        assert "cpython-313" in path.name or "abi3" in path.name


def test_the_layers_together_stay_under_ten_megabytes_zipped(layers: dict[str, Path]) -> None:
    sizes = {name: zipped(layer) for name, layer in layers.items()}
    print(sizes)
    assert sum(sizes.values()) <= 10_000_000


def test_every_package_our_code_imports_is_in_the_layer(layers: dict[str, Path]) -> None:
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "bridge" / "python").rglob("*.py")]
    wanted = {module for source in sources for module in _imports(source)}
    foreign = {m for m in wanted if m.split(".")[0] not in {*sys.stdlib_module_names, "bridge"}}
    assert "httpx" in foreign
    assert not [module for module in foreign if not _holds(layers["dependencies"], module)]


def test_every_service_that_is_called_is_described_in_the_layer(layers: dict[str, Path]) -> None:
    wiring = (ROOT / "layers" / "bridge" / "python" / "bridge" / "wiring.py").read_text()
    called = set(re.findall(r'(?:_client|_made)\("(\w+)"', wiring))
    assert called == SERVICES
    data = layers["dependencies"] / "python" / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == SERVICES


def test_the_house_is_in_its_layer_with_its_texts(layers: dict[str, Path]) -> None:
    house, copy = ROOT / "layers" / "bridge" / "python", layers["bridge"] / "python"
    ours = {path.relative_to(house) for path in house.rglob("*") if path.suffix in {".py", ".json"}}
    copied = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert copied == ours


def test_botocore_describes_the_services_we_call_and_no_others(layers: dict[str, Path]) -> None:
    data = layers["dependencies"] / "python" / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == SERVICES
    assert (data / "endpoints.json").is_file()
    assert (data / "partitions.json").is_file()


def test_every_service_our_code_makes_a_client_of_is_described(layers: dict[str, Path]) -> None:
    asked = {
        node.args[0].value
        for source in (layers["bridge"] / "python").rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "client"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert asked <= SERVICES


def test_what_tells_a_scanner_the_versions_is_kept(layers: dict[str, Path]) -> None:
    python = layers["dependencies"] / "python"
    pinned = [line for line in (ROOT / "requirements" / "runtime.txt").read_text().splitlines() if "==" in line]
    assert len(list(python.glob("*.dist-info/METADATA"))) == len(
        [line for line in pinned if "sys_platform" not in line]
    )


@pytest.mark.skipif(
    find_compiler() is None, reason="no Python 3.13 here: the layers have no bytecode, and building says so"
)
def test_every_module_has_bytecode_that_lambda_trusts_unseen(layers: dict[str, Path]) -> None:
    for layer in layers.values():
        for source in layer.rglob("*.py"):
            compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
            assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 1, "hash-based, unchecked"


def _project(root: Path, lock: str) -> Path:
    (root / "requirements").mkdir()
    (root / "requirements" / "runtime.txt").write_text(lock)
    package = root / "layers" / "bridge" / "python" / "bridge"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""A house."""\n')
    return root


def test_without_the_runtimes_python_layers_have_no_bytecode_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = build_layers(_project(tmp_path, ""), None)
    assert "no Python 3.13 found" in capsys.readouterr().err
    assert [path.name for path in layers["bridge"].rglob("*") if path.is_file()] == ["__init__.py"]


def test_a_layer_is_built_once_and_anew_when_its_sources_change(tmp_path: Path) -> None:
    project = _project(tmp_path, "")
    first = build_layers(project, None)
    assert build_layers(project, None) == first
    (project / "layers" / "bridge" / "python" / "bridge" / "sie.py").write_text('"""A room."""\n')
    second = build_layers(project, None)
    assert second["bridge"] != first["bridge"]
    assert second["dependencies"] == first["dependencies"]


def test_a_package_without_a_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerFailed, match="hash"):
        build_layers(_project(tmp_path, "six==1.17.0\n"), None)
    assert not list((tmp_path / ".build" / "layers").iterdir())
