"""The table of contents: listed chapters first, others of the folder after them, no empty parts."""

from __future__ import annotations

from types import SimpleNamespace

from sphinx_external_toc.parsing import parse_toc_yaml

from relics.book import contents

TOC = """format: jb-book
root: intro
parts:
  - caption: Full
    chapters:
      - file: part/second
      - glob: part/*
  - caption: Empty
    chapters:
      - glob: nowhere/*
"""


def test_listed_chapters_come_first_and_empty_parts_vanish(tmp_path):
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    (tmp_path / "part").mkdir()
    for name in ("first", "second", "third"):
        (tmp_path / "part" / f"{name}.md").touch()
    config = SimpleNamespace(
        external_site_map=parse_toc_yaml(tmp_path / "_toc.yml"),
        exclude_patterns=["part/first.md", "README.md"],
    )
    contents.complete(SimpleNamespace(srcdir=str(tmp_path)), config)
    (tree,) = config.external_site_map.root.subtrees
    assert tree.caption == "Full"
    assert [str(item) for item in tree.items] == ["part/second", "part/first", "part/third"]
    assert config.exclude_patterns == ["README.md"]


def test_pages_with_numbers_come_in_the_order_of_the_numbers(tmp_path):
    for name in ("fig10", "fig2", "fig1"):
        (tmp_path / f"{name}.md").touch()
    assert contents.matches(tmp_path, "fig*") == ["fig1", "fig2", "fig10"]
