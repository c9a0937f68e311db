"""Nothing that a learner wrote runs where it is read: in the formgrader, on the feedback page, in the class report.

Two layers hold that, what is stored and shown is clean and the page's policy allows no script but its own; each is tried
alone as well. That the vectors work is seen on pages as nbconvert makes them without either.
"""

from __future__ import annotations

import contextlib
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import Error

from autograder.cleaning import clean_html, markdown_html
from autograder.demo import command as demo
from autograder.demo.learners import CLASS, UNIT_01, Learner
from autograder.formgrader import handlers
from tests.browser.vectors import PIXEL, RAN, VECTORS, Vector, js, notebook_of, script

pytestmark = pytest.mark.browser

HOSTILE = "mallory<img src=x: onerror=top.__ran='name'>"
NAME = f"<img src=x: onerror={js('roster')}>"
#: What lessons and learners legitimately show; a picture is made of it.
INNOCENT = f"""
import pandas as pd
from IPython.display import HTML, Markdown, Math, display
import matplotlib.pyplot as plt
from course_utils.explore import stack

table = pd.DataFrame({{"word": ["cat", "dog"], "count": [3, 1]}})
display(table)
display(table.style.background_gradient(subset="count").set_caption("a table in colours"))
plt.plot([1, 3, 2]); plt.title("a plot"); plt.show()
display(Markdown("Some *Markdown* with $x^2$"), Math(r"\\frac{{1}}{{2}}"))
display(HTML('<img alt="a pixel" width="40" height="40" src="data:image/png;base64,{PIXEL}">'))
"""
WRITTEN = (
    "## My own words\n\nThe size is $\\lfloor\\frac{n + 2p - k}{s}\\rfloor + 1$, and $$\\sum_{i=1}^{n} p_i = 1$$\n\n"
    "|a|b|\n|-|-|\n|1|2|\n"
)


def _forge(notebook: nbformat.NotebookNode) -> None:
    """Hand in every vector in cells of its own, and innocent ones above."""
    made = notebook_of(VECTORS, with_outputs=False)
    notebook.cells[1:1] = [new_markdown_cell(WRITTEN), new_code_cell(INNOCENT), *made.cells]
    notebook.metadata.update(made.metadata)


def _verdict() -> str:
    """An answer that shows a forged verdict with all HTML vectors when it is checked."""
    pages = [vector.content["text/html"] for vector in VECTORS if _is_html(vector) and not vector.alone]
    page = f'<div class="verdict"><b>innocent-verdict</b>{"".join(pages)}</div>'
    return (
        f"def set_ops(a, b):\n    from IPython.display import HTML, display\n    display(HTML({page!r}))\n    return 1"
    )


def _is_html(vector: Vector) -> bool:
    return isinstance(vector.content, dict) and isinstance(vector.content.get("text/html"), str)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which a hostile learner and an honest one were graded by the engine, with feedback and report."""
    folder = tmp_path_factory.mktemp("hostile") / "course"
    demo.write_config(folder)
    code = f"from autograder.demo import command as demo; from pathlib import Path; a = demo.open_api(Path({str(folder)!r}))"
    code += f"; assert a.generate_assignment({UNIT_01!r})['success']"
    code += f"; a.gradebook.update_or_create_student({HOSTILE!r}, first_name={NAME!r}, last_name={NAME!r})"
    run([sys.executable, "-c", code], folder)
    ben = next(one for one in CLASS if one.name == "ben")
    answers = {**ben.answers, "set_ops": _verdict(), "stack_batch": f"raise ValueError({script('answer')!r})"}
    answers["word_counts"] += f"\n# innocent-code {script('code')}"
    demo.hand_in(
        Learner(HOSTILE, UNIT_01, "", answers, changes=(_forge,)), folder / "release" / UNIT_01, folder / "submitted"
    )
    demo.hand_in(Learner("honest", UNIT_01, ""), folder / "release" / UNIT_01, folder / "submitted")
    beside = folder / "submitted" / HOSTILE / UNIT_01
    (beside / "page.html").write_text(f"innocent-file {script('file')}")
    run([sys.executable, "-m", "autograder", "grade", UNIT_01], folder)
    code = f"from autograder.demo import command as demo; from pathlib import Path; a = demo.open_api(Path({str(folder)!r}))"
    code += f"; assert a.generate_feedback({UNIT_01!r})['success']"
    code += f"; from autograder.report.write import write_report; write_report({UNIT_01!r}, root=Path({str(folder)!r}))"
    run([sys.executable, "-c", code], folder)
    return folder


def run(command: list[str], folder: Path) -> None:
    """Run a command in the course."""
    done = subprocess.run(command, cwd=folder, env=demo.environment(folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


_CLICK = """() => {
  for (const one of document.querySelectorAll("a, button")) {
    if (!one.textContent.includes("CLICK")) continue;
    one.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
  }
}"""


class Watch:
    """A page whose requests are noted. Nothing leaves this machine: what is asked elsewhere is answered here."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.asked: list[str] = []
        self.pages: dict[str, tuple[str, dict]] = {}
        self.context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), self._answer)
        self.page = self.context.new_page()

    def _answer(self, route: Any) -> None:
        url = route.request.url
        if url in self.pages:
            body, headers = self.pages[url]
            route.fulfill(body=body, headers={"Content-Type": "text/html; charset=utf-8", **headers})
        elif "jquery" in url:
            route.fulfill(path=Path(handlers.handlers.static_path) / "node_modules/jquery/dist/jquery.min.js")
        else:
            self.asked.append(url)
            route.fulfill(body="", headers={"Access-Control-Allow-Origin": "*"})

    def visit(self, url: str) -> set[str]:
        """Open a page, click whatever asks for it, and return the names of the vectors that left a mark."""
        self.page.goto(url)
        return self.look()

    def look(self) -> set[str]:
        """Click whatever asks for it; which vectors left a mark?"""
        with contextlib.suppress(Error):  # it went elsewhere meanwhile
            self.page.evaluate(_CLICK)
        self.page.wait_for_timeout(200)
        return self.marks()

    def marks(self) -> set[str]:
        """The names of the vectors that left a mark."""
        asked = {url.removeprefix(RAN).split("/")[0] for url in self.asked if url.startswith(RAN)}
        return asked | set(str(self.page.evaluate("String(window.__ran || '')")).split())


@pytest.fixture
def watch(browser: Any) -> Iterator[Watch]:
    """A page whose requests are noted."""
    watch = Watch(browser)
    yield watch
    watch.context.close()


class Plain(HTMLExporter):
    """nbconvert's exporter without its last step, which writes the page anew and happens to break some vectors."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[str, dict]:
        self.register_filter("highlight_code", Highlight2HTML(parent=self))
        return super(HTMLExporter, self).from_notebook_node(nb, self._init_resources(resources), **options)


def unguarded(vectors: list[Vector]) -> str:
    """The page that nbconvert makes of vectors, formulas set by a converter that believes what it reads."""
    from latex2mathml.converter import convert

    notebook = nbformat.reads(nbformat.writes(notebook_of(vectors)), as_version=4)
    page = Plain(template_name="classic").from_notebook_node(notebook)[0]
    return re.sub(r"\$(\\text.*?)\$", lambda tex: convert(html_text(tex[1])), page)


def html_text(text: str) -> str:
    """Text of a page as it reads."""
    import html

    return html.unescape(text)


def alone_and_together(vectors: list[Vector]) -> list[list[Vector]]:
    """Pages to make: one of the vectors that get along, one of each other."""
    return [[one for one in vectors if not one.alone], *([one] for one in vectors if one.alone)]


def test_the_vectors_work_where_nothing_is_done_about_them(watch: Watch) -> None:
    """A test that cannot fail would be worth nothing."""
    work = [vector for vector in VECTORS if vector.control]
    assert len(work) >= 30
    seen: set[str] = set()
    for number, vectors in enumerate(alone_and_together(work)):
        url = f"http://control.test/{number}"
        watch.pages[url] = (unguarded(vectors), {})
        seen |= watch.visit(url)
    assert {vector.name for vector in work} - seen == set()


def test_the_policy_alone_stops_them(watch: Watch) -> None:
    """The page as nbconvert makes it, under the policy of the formgrader's pages."""
    policy = {"Content-Security-Policy": handlers.policy_of("unknown")}
    for number, vectors in enumerate(alone_and_together([vector for vector in VECTORS if vector.policy])):
        url = f"http://policy.test/{number}"
        watch.pages[url] = (unguarded(vectors), policy)
        assert watch.visit(url) == set()


def test_cleaning_alone_stops_them(watch: Watch, graded: Path) -> None:
    """The outputs as they are stored, on a page without a policy; and the page for grading without its policy."""
    from autograder.formgrader.page import SubmissionPage

    path = graded / "autograded" / HOSTILE / UNIT_01 / f"{UNIT_01}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    watch.pages["http://stored.test/"] = (HTMLExporter(template_name="classic").from_notebook_node(notebook)[0], {})
    assert watch.visit("http://stored.test/") == set()
    for number, vectors in enumerate(alone_and_together(VECTORS)):
        facts = {
            "nonce": "n",
            "policy": "",
            "base_url": "",
            "index": 0,
            "total": 1,
            "notebook_id": "n",
            "student": NAME,
        }
        facts |= {
            "submission_id": "s",
            "assignment_id": "a",
            "notebook_path": "p",
            "last_name": NAME,
            "first_name": NAME,
        }
        page = SubmissionPage().from_notebook_node(notebook_of(vectors), facts)[0]
        url = f"http://clean.test/{number}"
        watch.pages[url] = (page, {})
        assert watch.visit(url) == set()
        for vector in vectors:
            assert vector.innocent in watch.page.locator("body").inner_text(), vector.name


_NAMES = (
    "math mtext mi mglyph annotation-xml svg foreignObject desc title style table td tr caption select p div a b form img "
    "input template noscript iframe textarea xmp details li dl font audio source video object pre listing"
)
_PARTS = _NAMES.split()
_FACTS = (
    *(
        "onerror=ran()",
        "href=javascript:ran()",
        "src=x:",
        "id='</title><img src=x: onerror=ran()>'",
        '"',
        "'",
        "=",
        "/",
    ),
    *("title='</style><img src=x: onerror=ran()>'", "alt='--><img src=x: onerror=ran()>'", "encoding=text/html"),
)
_TEXTS = (
    *(
        "<!--",
        "-->",
        "--!>",
        "<![CDATA[",
        "]]>",
        "x",
        "&lt;img src=x: onerror=ran()&gt;",
        "\x00",
        "<",
        "</",
        "<?",
        "`",
        "$",
    ),
    *("<img src=x: onerror=ran()>", "<script>ran()</script>", "&#60;", "\n\n"),
)
#: Reads each page three ways, as a browser does when it is opened, put into another and written out again, and says what
#: acts in it, and which pages take in what stands behind them.
_READ = """(pages) => {
  window.hits = [];
  const found = [];
  const acts = "script iframe object embed form input style link meta base svg template noscript textarea select mglyph";
  pages.forEach((page, number) => {
    window.ran = () => window.hits.push(number);
    const whole = new DOMParser().parseFromString(`<div id=cell>${page}</div><i id=after></i>`, "text/html");
    const after = whole.querySelector("#after");
    if (!after || whole.querySelector("#cell").contains(after)) found.push([number, "takes in what follows"]);
    const put = document.createElement("div"), again = document.createElement("div");
    put.innerHTML = page;
    again.innerHTML = put.innerHTML;
    for (const root of [whole.querySelector("#cell"), put, again]) for (const one of root.querySelectorAll("*")) {
      if (acts.split(" ").includes(one.localName)) found.push([number, one.localName]);
      for (const fact of one.attributes) {
        const leads = ["href", "src"].includes(fact.name) && !/^(https?:|mailto:|data:(image|audio|video))/.test(fact.value);
        if (leads || fact.name.startsWith("on") || fact.name === "id") found.push([number, fact.name]);
      }
    }
  });
  return found;
}"""


def test_a_browser_finds_nothing_that_acts_in_what_is_left_of_anything(watch: Watch) -> None:
    """Pages put together at random from what cleaners have stumbled over."""
    chance = random.Random(13)

    def part() -> str:
        kind = chance.random()
        if kind < 0.55:
            facts = " ".join(chance.sample(_FACTS, chance.randint(0, 3)))
            return f"<{chance.choice(_PARTS)} {facts}{chance.choice(['>', '/>', ' >'])}"
        return f"</{chance.choice(_PARTS)}>" if kind < 0.75 else chance.choice(_TEXTS)

    sources = ["".join(part() for _ in range(chance.randint(2, 25))) for _ in range(1_000)]
    pages = [clean_html(one) if chance.random() < 0.7 else markdown_html(one) for one in sources]
    watch.page.goto("about:blank")
    assert [(sources[at], why) for at, why in watch.page.evaluate(_READ, pages)] == []
    watch.page.wait_for_timeout(200)
    assert watch.page.evaluate("window.hits") == []
    assert watch.page.evaluate(_READ, sources[:50]) != []  # which has eyes


def submissions(watch: Watch, server: str, token: str) -> list[str]:
    """Open the formgrader's table; the addresses of both submissions, the hostile one first."""
    watch.page.goto(f"{server}tree?token={token}")
    found = watch.page.evaluate(
        "async (url) => (await (await fetch(url)).json()).map((one) => [one.student, one.id])",
        f"{server}formgrader/api/submitted_notebooks/{UNIT_01}/{UNIT_01}",
    )
    watch.page.goto("about:blank")  # or Jupyter's own page complains later of requests that it could not finish
    ids = dict(found)
    return [f"{server}formgrader/submissions/{ids[name]}/" for name in (HOSTILE, "honest")]


def test_the_formgrader_shows_a_hostile_submission(
    watch: Watch, server: str, token: str, graded: Path, screenshots: Path
) -> None:
    hostile, _ = submissions(watch, server, token)
    complaints: list[str] = []
    watch.page.on("pageerror", lambda error: complaints.append(str(error)))
    assert watch.visit(hostile) == set()
    text = watch.page.locator("#notebook-container").inner_text()
    for vector in VECTORS:
        assert vector.innocent in text, vector.name
    for words in ("a table in colours", "My own words", "innocent-verdict", "innocent-code"):
        assert words in text
    assert watch.page.locator("#notebook-container math mfrac").count() >= 2
    assert watch.page.locator("td[style*='background-color']").count() == 2
    widths = watch.page.locator("#notebook-container img").evaluate_all("(all) => all.map((one) => one.naturalWidth)")
    assert all(widths[:2]), "the plot and the pixel; drawings that are no XML show nothing"
    watch.page.screenshot(path=screenshots / "formgrader-hostile.png")
    watch.page.screenshot(path=screenshots / "formgrader-hostile-whole.png", full_page=True)
    # a submission that was graded before outputs were cleaned when they are stored
    path = graded / "autograded" / HOSTILE / UNIT_01 / f"{UNIT_01}.ipynb"
    kept = path.read_text()
    for vectors in alone_and_together(VECTORS):
        nbformat.write(notebook_of(vectors), path)
        assert watch.visit(hostile) == set()
        assert vectors[0].innocent in watch.page.locator("#notebook-container").inner_text()
    path.write_text(kept)
    assert complaints == []


def until_loaded(page: Any) -> None:
    """Wait for the formgrader's script. Asked from outside: Playwright's own wait would evaluate text in the guarded page."""
    until = time.monotonic() + 30
    while not page.evaluate("formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded"):
        assert time.monotonic() < until, "the formgrader's script did not load"
        page.wait_for_timeout(50)


def test_points_and_comments_are_still_given(watch: Watch, server: str, token: str, screenshots: Path) -> None:
    _, honest = submissions(watch, server, token)
    page = watch.page
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(honest)
    until_loaded(page)
    score = page.locator("#test_word_counts")
    with page.expect_response(re.compile("api/grade/")) as saved:
        score.fill("1.5")
        score.blur()
    assert saved.value.ok
    with page.expect_response(re.compile("api/comment/")) as saved:
        page.locator("#word_counts-comment").fill("Well done.")
        page.locator("#word_counts-comment").blur()
    assert saved.value.ok
    with page.expect_response(re.compile("api/grade/")):
        page.locator(".full-credit").last.click()
    page.locator("span.name-hidden.glyphicon").click()
    assert page.locator("a.name-shown").inner_text() == "honest"
    page.reload()
    until_loaded(page)
    assert page.locator("#test_word_counts").input_value() == "1.5"
    assert page.locator("#word_counts-comment").input_value() == "Well done."
    page.screenshot(path=screenshots / "formgrader-points.png")
    page.keyboard.press("Control+.")
    page.wait_for_url(re.compile("submissions|gradebook"))
    assert complaints == []


def test_names_files_and_lists_in_the_formgrader(watch: Watch, server: str, token: str, screenshots: Path) -> None:
    hostile, _ = submissions(watch, server, token)
    from urllib.parse import quote

    page = watch.page
    for place in (f"gradebook/{UNIT_01}/{UNIT_01}", f"manage_submissions/{UNIT_01}", "manage_students", "gradebook"):
        assert watch.visit(f"{server}formgrader/{place}") == set()
        page.locator("tbody tr td").nth(1).wait_for(state="attached")
        page.locator("text=Loading").wait_for(state="detached")
        assert watch.marks() == set()
    page.goto(f"{server}formgrader/gradebook/{UNIT_01}/{UNIT_01}")
    page.locator("tbody a").first.wait_for()
    page.click("#toggle_names")
    assert NAME in page.locator("tbody").inner_text()
    for odd in (f'";{js("url")};"', f"</script>{script('url')}", "o'neill"):
        watch.visit(f"{server}formgrader/manage_students/{quote(odd, safe='')}")
        assert page.evaluate("student_id") == odd
    watch.visit(f"{hostile}page.html")
    assert "innocent-file" in page.locator("body").inner_text()
    assert watch.marks() == set()


@pytest.mark.parametrize("where", ["feedback", "report"])
def test_pages_that_are_handed_round(watch: Watch, graded: Path, screenshots: Path, where: str) -> None:
    path = graded / "reports" / f"{UNIT_01}.html"
    words = ["innocent-code", "mallory"]
    if where == "feedback":
        path = graded / "feedback" / HOSTILE / UNIT_01 / f"{UNIT_01}.html"
        words = ["innocent-verdict", "innocent-script", "innocent-code"]
    for policy in (True, False):
        source = path.read_text()
        assert 'http-equiv="Content-Security-Policy"' in source
        url = f"http://{where}.test/{policy}"
        watch.pages[url] = (source if policy else source.replace("Content-Security-Policy", "x"), {})
        assert watch.visit(url) == set()
        watch.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        text = watch.page.locator("body").inner_text()
        assert [word for word in words if word not in text] == []
    watch.page.screenshot(path=screenshots / f"{where}-hostile.png", full_page=True)
    assert watch.marks() == set()
