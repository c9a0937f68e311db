"""The formgrader's handlers, each with a Content-Security-Policy, and its pages with every value written as what it is."""

from __future__ import annotations

import functools
import re
import secrets
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.base import BaseHandler
from tornado import web

from autograder.formgrader.in_time import PAGES

#: What a page of the formgrader may do: run the scripts that its template names, ask its own server, show pictures.
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; media-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
#: What a file that a learner handed in may do: be looked at.
_FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


def policy_of(nonce: str) -> str:
    """The Content-Security-Policy of a page that marks its own scripts with `nonce`."""
    return _POLICY.format(nonce=nonce)


class Guarded(BaseHandler):
    """A handler of nbgrader's whose page runs no script but its own."""

    @functools.cached_property
    def nonce(self) -> str:
        """What marks this answer's own scripts; nobody can know it before the page is made."""
        return secrets.token_urlsafe(18)

    @property
    def policy(self) -> str:
        """This page's Content-Security-Policy."""
        return policy_of(self.nonce)

    @property
    def content_security_policy(self) -> str:
        """The server's own policy and this page's; a browser obeys both."""
        return f"{super().content_security_policy}, {self.policy}"

    def prepare(self) -> Any:
        """Answer only where nbgrader's own extension has set the formgrader up."""
        if "nbgrader_formgrader" not in self.settings:
            raise web.HTTPError(404)
        return super().prepare()

    def render(self, name: str, **values: Any) -> str:
        """A page of nbgrader's, its values escaped and its scripts marked."""
        if name == "formgrade_404.tpl":  # which asks for a template that nbgrader does not have
            raise web.HTTPError(404, "this submission has no graded notebook yet; grade it")
        return _environment().get_template(name).render(nonce=self.nonce, **values)


class Submission(Guarded):
    """A handler of nbgrader's that shows a submission; its page is made beside the server, within limits."""

    @functools.cached_property
    def exporter(self) -> _Noted:
        """What nbgrader has the page made by."""
        return _Noted()

    @web.authenticated
    async def get(self, *arguments: str) -> None:
        """What nbgrader answers; where that is a notebook's page, the page made so."""
        super().get(*arguments)
        if self.exporter.noted:
            filename, resources = self.exporter.noted
            marks = {"nonce": self.nonce, "policy": self.policy}
            self.write(await PAGES.page(filename, {**resources, **marks}))


class _Noted:
    """In place of the exporter that lays a submission out: notes what nbgrader would have it do, and does nothing."""

    noted: tuple[str, dict] | None = None

    def from_filename(self, filename: str, resources: dict) -> tuple[str, dict]:
        """Note it."""
        self.noted = filename, resources
        return "", resources


class LearnersFile(Guarded):
    """A file that a learner handed in beside the notebook."""

    @property
    def policy(self) -> str:
        """A browser shows the file and runs nothing in it, whatever it is."""
        return _FILE_POLICY


class _Marked(BaseLoader):
    """nbgrader's templates: scripts carry the nonce, values in them are JSON, and a script adds what a button calls."""

    _SCRIPT = re.compile(r"<script\b")
    _VALUE = re.compile(r'(var \w+ = )"\{\{ (\w+) \}\}"')
    _CLICK = re.compile(r'onclick="(\w+)\(\);?"', re.IGNORECASE)
    _CALL = (
        'if (typeof {0} === "function") document.querySelectorAll("[data-calls={0}]").forEach(function (element) {{'
        ' element.addEventListener("click", function () {{ {0}(); }}); }});'
    )

    def __init__(self, folder: str) -> None:
        self._files = FileSystemLoader([folder])
        texts = [path.read_text(encoding="utf-8") for path in Path(folder).glob("*.tpl")]
        called = sorted({name for text in texts for name in self._CLICK.findall(text)})
        self._clicks = "\n".join(self._CALL.format(name) for name in called)

    def get_source(self, environment: Environment, template: str) -> tuple:
        source, path, fresh = self._files.get_source(environment, template)
        source = self._CLICK.sub(r'data-calls="\1"', source).replace(
            "</body>", f"<script>{self._clicks}</script></body>"
        )
        source = self._VALUE.sub(r"\1{{ \2 | tojson }}", source)
        return self._SCRIPT.sub('<script nonce="{{ nonce }}"', source), path, fresh


@functools.cache
def _environment() -> Environment:
    return Environment(loader=_Marked(handlers.template_path), autoescape=True)


def guard(application: web.Application) -> None:
    """Put a guarded handler before each of nbgrader's own, whichever of the two extensions is loaded first."""
    rules = []
    for pattern, handler, *rest in handlers.default_handlers:
        if issubclass(handler, BaseHandler):
            ours = LearnersFile if issubclass(handler, web.StaticFileHandler) else Guarded
            ours = Submission if issubclass(handler, handlers.SubmissionHandler) else ours
            handler = type(f"Guarded{handler.__name__}", (ours, handler), {})
        rules.append((url_path_join(application.settings["base_url"], pattern.lstrip("/")), handler, *rest))
    application.add_handlers(".*$", rules)
    routes = application.default_router.rules
    routes.insert(0, routes.pop(-2))  # add_handlers puts a rule before the last, which takes what is left
