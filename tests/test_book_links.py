"""Links inside are followed in every build; those to outside are asked, and silence is no answer."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from book_site import parsed, small_book

from relics.book import links

CODES = {"/found": 200, "/gone": 404, "/members": 403}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(CODES[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *words: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def deaf() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def checked(tmp_path: Path, *addresses: str) -> Path:
    """Folder with what Sphinx's link checker says of a page with these addresses."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['myst_parser']\nlinkcheck_timeout = 20\n")
    body = "\n\n".join(f"[{n}]({a})" for n, a in enumerate(addresses))
    (source / "index.md").write_text(f"# Title\n\n{body}\n")
    out = tmp_path / "_build" / "linkcheck"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "linkcheck", str(source), str(out)]
    subprocess.run(command, capture_output=True, timeout=120)
    return out


def test_found_refused_missing_and_silent_are_told_apart(tmp_path, host, deaf, capsys):
    here = [f"http://{host}{path}" for path in CODES] + [f"http://{deaf}/"]
    assert links.main([str(checked(tmp_path, *here))]) == 1
    said = capsys.readouterr().out
    assert "4 addresses: 1 found, 1 refused, 1 missing, 1 silent" in said
    assert f"missing: http://{host}/gone (index.md:" in said and "404" in said
    assert f"no answer from {deaf} (1 address)" in said and "is there a network?" not in said
    made = links.kept(tmp_path)
    assert list(made["verdicts"].values()).count("found") == 1


def test_without_a_network_it_names_the_hosts_and_says_nothing_of_the_links(tmp_path, deaf, capsys):
    out = checked(tmp_path, f"http://{deaf}/a", f"http://{deaf}/b", "https://no-such-host.invalid/")
    assert links.main([str(out)]) == 2
    said = capsys.readouterr().out
    assert f"no answer from {deaf} (2 addresses)" in said
    assert "no answer from no-such-host.invalid (1 address)" in said
    assert "No host answered: is there a network?" in said


def test_only_missing_addresses_are_a_failure(tmp_path, host, deaf):
    out = checked(tmp_path, f"http://{host}/found", f"http://{host}/members", f"http://{deaf}/")
    assert links.main([str(out)]) == 0


def test_without_answers_it_says_what_to_do(tmp_path, capsys):
    assert links.main([str(tmp_path)]) == 2
    assert "run the link checker first" in capsys.readouterr().err


def write(folder: Path, **pages: str) -> Path:
    for name, body in pages.items():
        page = f"<html><body><article>{body}</article></body></html>"
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def test_links_to_missing_files_and_anchors_are_found(tmp_path):
    folder = write(
        tmp_path,
        one='<a class="x" href="two.html#a%20b">1</a><a href="#here">2</a><p id="here"></p>'
        '<a href="https://a.org/?x=1&amp;y=2">3</a><script>"<a href=\\"no.html\\">"</script>',
        two='<p title="<" id="a b"></p><a href="one.html#gone">4</a><a href="three.html">5</a>'
        '<a href="mailto:a@b.org">6</a>',
    )
    found = links.survey(folder)
    assert (found.pages, found.internal) == (2, 4)
    assert found.external == {"https://a.org/?x=1&y=2"}
    assert found.broken == (
        "two.html: one.html#gone (no such anchor)",
        "two.html: three.html (no such file)",
    )


def test_the_survey_counts_what_a_parser_counts():
    found = links.survey(small_book())
    paths = [p for p in small_book().rglob("*.html") if "_static" not in p.parts]
    hrefs = [a["href"] for p in paths for a in parsed(p).select("a[href]")]
    inside = [h for h in hrefs if not h.startswith(("http:", "https:", "mailto:", "#!"))]
    assert found.pages == len(paths) and found.internal == len(inside) > 100
    assert not found.broken


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path):
    source, out = tmp_path / "source", tmp_path / "html"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['myst_parser', 'relics.book.links']\n")
    (source / "index.md").write_text('# Title\n\n<a href="gone.html">here</a>\n')
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "1 links inside the book lead nowhere" in done.stderr
    assert "index.html: gone.html (no such file)" in done.stderr


def test_the_status_page_says_what_was_asked_and_what_was_not(tmp_path):
    source, out = tmp_path / "source", tmp_path / "html"
    (source / "book" / "generated").mkdir(parents=True)
    (source / "_build").mkdir()
    (source / "conf.py").write_text(
        "extensions = ['myst_parser', 'relics.book.links']\nroot_doc = 'book/generated/status'\n"
        "html_theme = 'sphinx_book_theme'\n"
        "exclude_patterns = ['_build']\n"
    )
    page = f"# Status\n\n{links.section()}\n<https://a.org> <https://b.org> <https://c.org>\n"
    (source / "book/generated/status.md").write_text(page)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source), str(out)]

    def built() -> str:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        parsed.cache_clear()
        return parsed(out / "book/generated/status.html").select_one("#relics-links").get_text()

    text = built()
    assert "none of them leads nowhere" in text
    assert "3 addresses outside; they have not been asked in this build" in text
    verdicts = {"https://a.org": "found", "https://b.org": "silent", "https://old.org": "missing"}
    asked = {"asked": "2026-01-02 03:04 UTC", "verdicts": verdicts}
    (source / "_build" / "links.json").write_text(json.dumps(asked))
    assert built().endswith(
        "3 addresses outside; 2 of them were asked on 2026-01-02 03:04 UTC: 1 found, "
        "1 without an answer. Not asked: 1."
    )
