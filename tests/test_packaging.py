"""The wheel and the sdist: their exact contents, and the wheel at work in an environment outside the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "backspasm_cli").rglob("*.py"))
DATA = sorted(str(path.relative_to(ROOT / "data")) for path in (ROOT / "data").rglob("*") if path.is_file())


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a program and return its output; a failure shows what it printed."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


def test_wheel_contents(built: Path) -> None:
    """The wheel holds the package, py.typed, the data inside the package, and their index; nothing else."""
    (wheel,) = built.glob("*.whl")
    names = sorted(name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name)
    expected = [*PACKAGE, "backspasm_cli/py.typed", *(f"backspasm_cli/data/{name}" for name in DATA), "backspasm_cli/data/index.msgpack"]
    assert names == sorted(expected)
    meta = sorted(name.split("/", 1)[1] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" in name)
    assert meta == ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"]


def test_sdist_contents(built: Path) -> None:
    """The sdist holds what one needs to build and test, and nothing that git ignores."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = sorted(name.split("/", 1)[1] for name in archive.getnames())
    tracked = [*PACKAGE, "backspasm_cli/py.typed", *(f"data/{name}" for name in DATA)]
    top = {name.split("/")[0] for name in names}
    assert set(tracked) <= set(names)
    assert top == {
        ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "PKG-INFO", "README.md", "backspasm_cli", "benchmarks", "data", "docs",
        "hatch_build.py", "pyproject.toml", "tests",
    }  # fmt: skip
    assert not [name for name in names if name.endswith((".pyc", ".msgpack"))]


def test_wheel_outside_the_checkout(built: Path, tmp_path: Path) -> None:
    """Installed into a new environment, the wheel answers from its own data and index, true to data/."""
    venv.create(tmp_path / "env", with_pip=True)
    binary = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    (wheel,) = built.glob("*.whl")
    run(binary / "python", "-m", "pip", "install", "--quiet", wheel)
    answer = json.loads(run(binary / "spasm", "ask", "how long do they last", "--json", cwd=tmp_path))
    assert (answer["status"], answer["topic"]["id"]) == ("answered", "how-long-they-last")
    assert "\x1b" not in run(binary / "spasm", "ask", "how long do they last", cwd=tmp_path)
    folder = Path(run(binary / "spasm", "kb", "path", cwd=tmp_path).strip())
    assert folder.is_relative_to(tmp_path)
    true = run(
        binary / "python", "-c",
        "from backspasm_cli import building, index, knowledge;"
        " stored = index.find(); print(stored.content == index.content_hash() and stored == building.build(knowledge.load(), stored.content))",
        cwd=tmp_path,
    )  # fmt: skip
    assert true.strip() == "True"


def test_editable_install_reads_the_live_files() -> None:
    """In a checkout the data folder is the one at the top level."""
    from backspasm_cli.knowledge import data_folder

    assert data_folder() == ROOT / "data"
