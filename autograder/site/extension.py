"""What the site needs of Sphinx beyond its packages: formulas without a script, places before HTML, Colab's variants of notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from autograder.cleaning.formulas import formula_html
from autograder.site.active import active_part

_LOGGER = logging.getLogger(__name__)
#: After the theme has made its buttons.
_LATE = 900


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this when it reads conf.py."""
    # MathML, which browsers set by themselves: MathJax would be fetched from elsewhere by each reader, and needs a script.
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_math_block, None))
    app.add_transform(KeepPlaces)
    app.add_config_value("colab_notebooks", {}, "html", [dict])
    app.connect("doctree-resolved", _refuse_what_acts)
    app.connect("env-updated", _refuse_other_files)
    app.connect("html-page-context", _lead_to_colabs_variant, _LATE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class KeepPlaces(SphinxTransform):
    """A place before HTML, such as a folded hint, is a block of its own: docutils would name the HTML, and write it as it came."""

    default_priority = 250  # docutils' PropagateTargets has 260

    def apply(self, **_: Any) -> None:
        """Put an empty block between the two."""
        for place in list(self.document.findall(nodes.target)):
            if isinstance(place.next_node(ascend=True), nodes.raw):
                place.parent.insert(place.parent.index(place) + 1, nodes.container())


def _visit_math(self: Any, node: nodes.Element) -> None:
    self.body.append(_formula(node, block=False))
    raise nodes.SkipNode


def _visit_math_block(self: Any, node: nodes.Element) -> None:
    self.body.append(f'<div class="formula">{_formula(node, block=True)}</div>\n')
    raise nodes.SkipNode


def _formula(node: nodes.Element, block: bool) -> str:
    written = formula_html(node.astext(), block)
    if not written.startswith("<math"):
        _LOGGER.warning("a formula that cannot be set as MathML: %s", node.astext(), location=node)
    return written


def _refuse_what_acts(_app: Sphinx, page: nodes.document, _name: str) -> None:
    """Warn of HTML in a page's sources and outputs that would run or load something: whoever reads the site opens it unasked."""
    for node in page.findall(nodes.raw):
        if found := active_part(node.astext()):
            _LOGGER.warning("its HTML would act on readers, by %s: take that out", found, location=node)


def _refuse_other_files(app: Sphinx, environment: BuildEnvironment) -> None:
    """Warn of each file beside the sources that a page would publish: a text that came in may include what else this machine has."""
    sources = Path(app.srcdir).resolve()
    used = [(str(path), page) for page, paths in environment.dependencies.items() for path in paths]
    used += [(path, page) for path, (pages, _) in environment.images.items() for page in pages]
    used += [(str(path), page) for path, (pages, _) in environment.dlfiles.items() for page in pages]
    for path, page in sorted({((sources / path).resolve(), page) for path, page in used}):
        if not path.is_relative_to(sources):
            _LOGGER.warning(
                "it would publish %s, a file that is none of the site's: take that out", path, location=page
            )


def _lead_to_colabs_variant(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Colab opens the variant whose first cell gets the helper; the theme leads it to the notebook that has none."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("text") == "Colab" and page in app.config.colab_notebooks:
                button["url"] = app.config.colab_notebooks[page]
