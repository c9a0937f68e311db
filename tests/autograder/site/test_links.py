"""Links of the texts as the site has them: within it where they can, else to the repository, else their words alone."""

import pytest

from autograder.edition.colab import Repository
from autograder.site.links import Pages, target

KNOWN = frozenset({"index.md", "notebooks/glossary.md", "notebooks/02_b/02_b.ipynb", "docs/zoo.md", "docs/a.png"})
ALONE = Pages(KNOWN, frozenset({"notebooks/glossary.md"}))
WITH_REPOSITORY = Pages(KNOWN, ALONE.anchored, Repository("a-school", "course"))


@pytest.mark.parametrize(
    ("text", "path", "read"),
    [
        ("[a](zoo.md)", "docs/b.md", "[a](zoo.md)"),
        ("[a](zoo.md#train)", "docs/b.md", "[a](zoo.md#train)"),
        ("[a](#train)", "docs/zoo.md", "[a](#train)"),
        ("![a](docs/a.png)", "index.md", "![a](docs/a.png)"),
        (
            "[a](../02_b/02_b.ipynb#cell-id=slide-1)",
            "notebooks/01_a/01_a.ipynb",
            "[a](../02_b/02_b.ipynb#02_b-slide-1)",
        ),
        ("[a](../glossary.md#kernel)", "notebooks/02_b/02_b.ipynb", "[a](../glossary.md#glossary-kernel)"),
        ("[K](#letter-k)", "notebooks/glossary.md", "[K](#glossary-letter-k)"),
        ('<a id="kernel"></a>**kernel**', "notebooks/glossary.md", "(glossary-kernel)=\n**kernel**"),
        ("[a](https://x.org/y#z) and <a id='b'></a>", "docs/zoo.md", "[a](https://x.org/y#z) and <a id='b'></a>"),
        ("`[a](none.md)`\n```\n[b](none.md)\n```", "docs/zoo.md", "`[a](none.md)`\n```\n[b](none.md)\n```"),
        ("[`a`](zoo.md)", "docs/b.md", "[`a`](zoo.md)"),
    ],
)
def test_a_link_within_the_site_stays(text, path, read):
    assert ALONE.relinked(text, path) == WITH_REPOSITORY.relinked(text, path) == read


@pytest.mark.parametrize(
    ("text", "led"),
    [
        ("[the law](../LICENSE)", "[the law](https://github.com/a-school/course/blob/main/LICENSE)"),
        ("[the law](style.md#code)", "[the law](https://github.com/a-school/course/blob/main/docs/style.md#code)"),
        ("[the law](../../elsewhere.md)", "the law"),
    ],
)
def test_a_link_to_another_file_leads_to_the_repository_or_nowhere(text, led):
    assert WITH_REPOSITORY.relinked(text, "docs/zoo.md") == led
    assert ALONE.relinked(text, "docs/zoo.md") == "the law"


def test_a_place_has_one_name_wherever_it_is_called():
    assert target("notebooks/02_b/02_b.ipynb", "cell-id=slide-1") == target("solutions/02_b/02_b.ipynb", "slide-1")
    assert target("notebooks/02_b/02_b.ipynb", "a") != target("notebooks/glossary.md", "a")
