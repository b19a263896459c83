"""The code that the benchmark runs on: a pinned package's Python files and a planted defect.

The defect is a forbidden session factory under another name. A tool that does not report it was
not looking, and its time would say nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

FACTORY = "planted.database.make_session"
DEFECT = "planted/users.py"
_PLANTED = {
    "planted/__init__.py": "",
    "planted/database.py": '''\
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine("sqlite://")


def make_session():
    return Session(engine)


@contextmanager
def get_session():
    """The one way to a session."""
    with Session(engine) as session, session.begin():
        yield session
''',
    DEFECT: """\
from planted.database import make_session as open_session


def add(user):
    with open_session() as session:
        session.add(user)
        session.commit()
""",
    "connlint.toml": """\
src = ["."]

[sessions]
providers = ["planted.database.get_session"]
forbidden = ["planted.database.make_session"]
owners = ["planted/database.py"]
""",
}


@dataclass(frozen=True)
class Package:
    """A package on PyPI, pinned to one wheel; ``folder`` is the top-level package in it."""

    name: str
    version: str
    sha256: str
    folder: str


PACKAGES = {
    package.name: package
    for package in (
        Package(
            "apache-superset",
            "6.1.0",
            "4b5886b2d6389a32df790aeae2532ad72529bce1af93b6edf2d1b2a8bf658748",
            "superset",
        ),
        Package(
            "prefect",
            "3.9.1",
            "0c662e26e971b617993eed1f3d02fb8bc3c2dd47bee521b495f6e4dfeb38ae74",
            "prefect",
        ),
        Package(
            "indico",
            "3.2.9",
            "194d2e31ccaabd2b9af7809e67d60d942faee35a6b4de36f0c2c280a32ed84c3",
            "indico",
        ),
        Package(
            "letta",
            "0.11.7",
            "5a7ba1eb457b997fcb2f174cfa43027b5c832e54f008bad23663bc8058cb60a7",
            "letta",
        ),
    )
}


@dataclass(frozen=True)
class Corpus:
    """A folder of Python code with the planted defect in it."""

    root: Path
    folder: str

    @property
    def files(self) -> list[Path]:
        return sorted(self.root.rglob("*.py"))

    @property
    def megabytes(self) -> float:
        return sum(path.stat().st_size for path in self.files) / 1e6

    @property
    def largest(self) -> Path:
        """A file of the package that no tool can call trivial."""
        return max((self.root / self.folder).rglob("*.py"), key=lambda path: path.stat().st_size)


def download(package: Package, cache: Path) -> Path:
    """The package's wheel, from ``cache`` when it is there. Raises ``CalledProcessError``."""
    cache.mkdir(parents=True, exist_ok=True)
    requirement = cache / f"{package.name}.txt"
    pinned = f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n"
    requirement.write_text(pinned, "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--quiet"]
    limits = ["--no-deps", "--ignore-requires-python", "--only-binary", ":all:", "--require-hashes"]
    where = ["--dest", str(cache), "--requirement", str(requirement)]
    subprocess.run([*pip, *limits, *where], check=True)
    (wheel,) = cache.glob(f"{package.name.replace('-', '_')}-{package.version}-*.whl")
    return wheel


def unpack(wheel: Path, package: Package, root: Path) -> Corpus:
    """Replace ``root`` by the wheel's Python files and the planted defect."""
    shutil.rmtree(root, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(f"{package.folder}/") and name.endswith(".py"):
                archive.extract(name, root)
    return _planted(root, package.folder)


def multiply(corpus: Corpus, copies: int, root: Path) -> Corpus:
    """Replace ``root`` by ``copies`` of the corpus, each a package of its own name.

    Imports inside a copy are rewritten to that name, so that each is linked as fully as the first.
    """
    shutil.rmtree(root, ignore_errors=True)
    original = corpus.root / corpus.folder
    for number in range(copies):
        name = f"{corpus.folder}_{number}"
        for path in sorted(original.rglob("*.py")):
            copy = root / name / path.relative_to(original)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(rename(path.read_bytes(), corpus.folder, name))
    return _planted(root, f"{corpus.folder}_0")


def rename(source: bytes, old: str, new: str) -> bytes:
    """``source`` with the top-level package ``old`` imported and used under the name ``new``."""
    used = rf"(?<![\w.\"'/-]){old}(?=\.\w|\s+import\b)"
    imported = rf"(?m)(?<=^import ){old}\b"
    return re.sub(f"{imported}|{used}".encode(), new.encode(), source)


def _planted(root: Path, folder: str) -> Corpus:
    for name, text in _PLANTED.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Corpus(root, folder)
