"""Front matter that repeats a fact elsewhere on record must repeat it rightly."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import yaml

from relics import papers

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]


def test_counts_in_the_preface_and_readme_are_those_of_the_data():
    numbered = sum(equation.numbered for equation in papers.equations())
    unnumbered = len(papers.equations()) - numbered
    figures = len(papers.figures())
    assert f"{numbered} numbered equations and {unnumbered} more" in read("book/intro.md")
    assert f"Each of the {figures} figures" in read("book/intro.md")
    assert f"{numbered} numbered equations, {figures} figures" in read("README.md")
    changes = (
        f"{len(papers.equations())} equations, {figures} figures, {len(papers.claims())} quoted"
    )
    assert changes in read("CHANGELOG.md")


def test_every_paper_is_named_with_its_doi():
    preface, library, citation = (
        read(name) for name in ("book/intro.md", "book/references.bib", "CITATION.cff")
    )
    for key, paper in papers.papers().items():
        doi = paper.doi or f"10.48550/arXiv.{paper.arxiv}"
        assert f"| {key} |" in preface
        entry = library[library.index(f"{{{key},") :]
        assert doi in entry[: entry.index("\n}")]
        assert doi in citation


def test_every_reference_is_complete_and_unique():
    library = read("book/references.bib")
    entries = re.findall(r"@\w+\{(\w+),(.*?)\n\}", library, re.DOTALL)
    assert len({key for key, _ in entries}) == len(entries) == library.count("\n@") + 1
    for key, body in entries:
        assert re.search(r"(author|editor) = ", body) and "title = " in body, key
        assert "year = " in body, key
    dois = re.findall(r"doi = \{(.*?)\}", library)
    assert len(set(dois)) == len(dois) and all(doi.startswith("10.") for doi in dois)


def test_a_doi_follows_from_volume_and_page_or_says_that_it_is_not_traced():
    ours = {paper.doi for paper in papers.papers().values()}
    for key, body in re.findall(r"@\w+\{(\w+),(.*?)\n\}", read("book/references.bib"), re.DOTALL):
        field = dict(re.findall(r"(\w+) = \{(.*)\}", body))
        doi = field.get("doi")
        if doi is None or doi in ours or doi.startswith("10.48550/arXiv."):
            continue
        page = field["pages"].split("-")[0]
        formed = {
            "10.1103": rf"10\.1103/\w+\.{field['volume']}\.{page}",
            "10.1073": rf"10\.1073/pnas\.{field['volume']}\.\d+\.{page}",
        }.get(doi.split("/")[0], "$.")
        traced = re.fullmatch(formed, doi) is not None
        assert traced or field.get("note") == "DOI recalled, not traced", key


def test_version_is_the_same_everywhere():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == PROJECT["version"]
    assert f"version {PROJECT['version']}" in read("book/cite.md")
    assert f"## {PROJECT['version']}" in read("CHANGELOG.md")
    assert citation["license"] == PROJECT["license"]


def test_readme_sets_up_with_exactly_two_commands():
    block = re.search(r"## Two commands.*?```\n(.*?)```", read("README.md"), re.DOTALL)
    assert block[1].split("\n") == ["make book", "make test", ""]


def test_readme_shows_what_exists():
    text = read("README.md")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / link).exists(), link
    for folder in re.findall(r"^\| `(\S+)/` \|", text, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


def test_tables_with_sciglass_data_are_declared_under_its_licence():
    notices = read("LICENSES/README.md"), read("book/licences.md")
    for path in sorted((ROOT / "src" / "relics" / "data").glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        derived = "sciglass" in path.name or any(
            "SciGlass" in line and (not line.startswith("#") or "REFERENCE" in line)
            for line in lines
        )
        named = [path.name in notice for notice in notices]
        assert named == [derived, derived], path.name


def test_binder_gets_a_python_that_the_project_accepts():
    major, minor = re.fullmatch(r"python-(\d+)\.(\d+)\n", read("runtime.txt")).groups()
    low, high = re.findall(r"(\d+)\.(\d+)", PROJECT["requires-python"])
    assert tuple(map(int, low)) <= (int(major), int(minor)) < tuple(map(int, high))
    assert read("requirements.txt").startswith("-e .[glass]\n")
    script = ROOT / "postBuild"
    assert script.stat().st_mode & 0o111 and script.read_text().startswith("#!")


if shutil.which("jupyter-repo2docker"):

    def test_binder_accepts_the_repository():
        command = ["jupyter-repo2docker", "--no-build", "--debug", str(ROOT)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "postBuild" in done.stderr + done.stdout
