"""A page is made again when its chapter was executed again, and only then."""

import os
from types import SimpleNamespace

from relics.book import execute, rereading


def test_pages_older_than_the_execution_of_their_chapter_are_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    monkeypatch.setattr(execute, "RECORDS", tmp_path / "_build" / "notebooks")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_build" / "notebooks").mkdir(parents=True)
    read = {}
    for name, executed, page in (("before", 100, 200), ("again", 300, 200), ("never", None, 200)):
        chapter = tmp_path / "notebooks" / f"{name}.md"
        chapter.write_text("# A chapter\n", encoding="utf-8")
        read[f"notebooks/{name}"] = page * 10**6
        if executed is not None:
            record = execute.record_path(chapter)
            record.write_text("{}", encoding="utf-8")
            os.utime(record, (executed, executed))
    read["book/intro"] = 0
    env = SimpleNamespace(all_docs=read)
    assert rereading.executed_since(None, env, set(), set(), set()) == ["notebooks/again"]
