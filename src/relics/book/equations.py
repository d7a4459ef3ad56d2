"""Sphinx extension: equations that keep the number of the paper they come from.

``{printed} LW07-7`` inserts an equation as its paper prints it, tagged (LW07-7), with a permalink;
``{eq}`LW07-7``` links to it from any page. An ordinary ``{math}`` block takes ``:enumerator:``
for a tag of its own. Both work in HTML and in LaTeX.
"""

from __future__ import annotations

import re
from typing import Any, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.directives.patches import MathDirective
from sphinx.domains.math import MathDomain
from sphinx.util.docutils import SphinxDirective
from sphinx.util.math import wrap_displaymath
from sphinx.util.nodes import make_refnode

LEDGER_PAGE = "book/generated/equations"
_NUMBER = re.compile(r"\([A-Z]+\d*-\w+\)")
"""The number of an equation as links carry it."""


def ledger_anchor(identifier: str) -> str:
    """Anchor of an entry (equation, figure or claim id) on its generated ledger page."""
    return f"ledger-{identifier}"


class TaggedMath(MathDirective):
    """``{math}`` with ``:enumerator:``, the tag printed and linked instead of a running number."""

    option_spec = {**MathDirective.option_spec, "enumerator": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Parse the block and give it its tag."""
        out = super().run()
        tag = self.options.get("enumerator")
        if tag:
            for found in out:
                for node in found.findall(nodes.math_block):
                    _tag(self.env, node, tag)
        return out


class Printed(SphinxDirective):
    """``{printed} ID``: an equation as its paper prints it.

    The first occurrence in the book carries the label and the anchor; a later one shows the same
    tag, so that a chapter may repeat an equation that it starts from.
    """

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Fetch the equation by id and set it as a tagged display."""
        from relics import papers

        identifier = self.arguments[0].strip()
        try:
            latex = papers.equation(identifier).latex.strip()
        except (KeyError, ValueError) as error:
            raise self.error(f"{{printed}} {identifier}: {error}") from None
        node = nodes.math_block(
            latex,
            latex,
            classes=["relics-printed"],
            docname=self.env.docname,
            number=None,
            label=None,
            nowrap=False,
        )
        self.set_source_info(node)
        domain = cast(MathDomain, self.env.get_domain("math"))
        if identifier in domain.equations:
            node["number"] = node["enumerator"] = identifier
            return [node]
        node["label"] = identifier
        domain.equations[identifier] = (self.env.docname, identifier)
        _tag(self.env, node, identifier)
        anchor = nodes.make_id(f"equation-{identifier}")
        target = nodes.target("", "", ids=[anchor])
        self.state.document.note_explicit_target(target)
        index = addnodes.index(entries=[("single", f"equation; {identifier}", anchor, "", None)])
        return [index, target, node]


def _tag(env: Any, node: nodes.math_block, tag: str) -> None:
    node["number"] = node["enumerator"] = tag
    if node.get("label"):
        env.get_domain("math").equations[node["label"]] = (env.docname, tag)


def _visit_latex(self: Any, node: nodes.math_block) -> None:
    label = node.get("label") and f"equation:{node['docname']}:{node['label']}"
    latex = wrap_displaymath(node.astext(), label, self.config.math_number_all)
    tag = node.get("enumerator")
    if label and tag:
        mark = rf"\label{{{label}}}"
        latex = latex.replace(mark, rf"{mark}\tag{{{tag}}}", 1)
    elif tag:
        latex = f"\\begin{{equation*}}\n\\begin{{split}}{node.astext()}\\end{{split}}"
        latex += f"\\tag{{{tag}}}\n\\end{{equation*}}"
    self.body.append(latex)
    raise nodes.SkipNode


def _link_to_ledger(
    app: Sphinx, env: Any, node: nodes.Element, contnode: nodes.Element
) -> nodes.Element | None:
    """Resolve ``{eq}`` to the ledger where no chapter prints the equation."""
    if node.get("reftype") != "eq":
        return None
    from relics import papers

    identifier = node["reftarget"]
    try:
        papers.equation(identifier)
    except (KeyError, ValueError):
        return None
    if LEDGER_PAGE not in env.found_docs:
        return None
    title = nodes.Text(f"({identifier})")
    anchor = ledger_anchor(identifier)
    return make_refnode(app.builder, node["refdoc"], LEDGER_PAGE, anchor, title)


def _parentheses_once(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Inside parentheses an equation is named without parentheses of its own."""
    for paragraph in doctree.findall(nodes.paragraph):
        depth = 0
        for text in list(paragraph.findall(nodes.Text)):
            above, said = text.parent, text.astext()
            while isinstance(above, nodes.inline):
                above = above.parent
            if isinstance(above, nodes.reference) and _NUMBER.fullmatch(said):
                if depth > 0:
                    text.parent.replace(text, nodes.Text(said[1:-1]))
            elif not isinstance(above, nodes.math | nodes.literal):
                depth = max(0, depth + said.count("(") - said.count(")"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, their LaTeX output and the links to the ledger."""
    app.add_directive("math", TaggedMath, override=True)
    app.add_directive("printed", Printed)
    app.add_node(nodes.math_block, override=True, latex=(_visit_latex, None))
    app.connect("missing-reference", _link_to_ledger)
    app.connect("doctree-resolved", _parentheses_once)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
