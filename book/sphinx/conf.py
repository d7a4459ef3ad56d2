"""Configuration of a build with plain Sphinx, read from ``_config.yml``: no Jupyter Book needed.

``sphinx-build -c book/sphinx . _build/plain`` from the root of the repository, after the chapters
have been executed.
"""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
_given = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))

project = html_title = _given["title"]
author = _given["author"]
copyright = _given["copyright"]
exclude_patterns = [*_given["exclude_patterns"], "**.ipynb_checkpoints", ".venv*", "book/sphinx"]
root_doc = "book/intro"
extensions = [
    "myst_nb",
    "sphinx_togglebutton",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_external_toc",
    "sphinx_multitoc_numbering",
    "sphinxcontrib.bibtex",
    *_given["sphinx"]["extra_extensions"],
]
external_toc_path = str(ROOT / "_toc.yml")
external_toc_exclude_missing = True
bibtex_bibfiles = [str(ROOT / path) for path in _given["bibtex_bibfiles"]]
myst_enable_extensions = _given["parse"]["myst_enable_extensions"]
myst_url_schemes = ["mailto", "http", "https"]
numfig = True

nb_execution_mode = _given["execute"]["execute_notebooks"]
nb_execution_timeout = _given["execute"]["timeout"]
nb_execution_cache_path = str(ROOT / "_build" / ".jupyter_cache")
nb_output_stderr = _given["execute"]["stderr_output"]

html_theme = "sphinx_book_theme"
html_sourcelink_suffix = ""
html_theme_options = {
    "repository_url": _given["repository"]["url"],
    "repository_branch": _given["repository"]["branch"],
    "path_to_docs": _given["repository"]["path_to_book"],
    "launch_buttons": _given["launch_buttons"],
    "home_page_in_toc": _given["html"]["home_page_in_navbar"],
}

_options = dict(_given["sphinx"]["config"])
_options["html_static_path"] = [str(ROOT / path) for path in _options["html_static_path"]]
html_theme_options |= _options.pop("html_theme_options", {})
globals().update(_options)
