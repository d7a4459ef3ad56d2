"""Sphinx extension: pages that load their scripts from the book and never from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

WIDGETS = "_static/vendor/widgets/"


def _load_thebe_once(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Drop the second copy of sphinx-thebe's inline constants, a script error on every page."""
    scripts = context.get("script_files", [])
    copies = [
        script
        for script in scripts
        if "THEBE_JS_URL" in (getattr(script, "attributes", {}).get("body") or "")
    ]
    for script in copies[1:]:
        scripts.remove(script)


def _find_widgets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Tell RequireJS where the vendored widget modules and fonts lie, seen from this page."""
    uses_widgets = any(
        "require.js" in str(getattr(script, "filename", ""))
        for script in context.get("script_files", [])
    )
    if uses_widgets:
        base = relative_uri(app.builder.get_target_uri(pagename), WIDGETS)
        body = f"var require = {json.dumps({'baseUrl': base})};"
        app.add_js_file(None, body=body, priority=200)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the page hooks."""
    app.connect("html-page-context", _load_thebe_once, priority=900)
    app.connect("html-page-context", _find_widgets, priority=900)
    # Cards are raw HTML: Sphinx does not see their mathematics and would leave MathJax out.
    app.set_html_assets_policy("always")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
