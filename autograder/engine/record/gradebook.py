"""nbgrader's gradebook without the rest of nbgrader: what every command of ours needs, and starts with.

`import nbgrader` imports its four server extensions, and with them a web server, nbconvert and every command: half a
second in which an instructor waits. The gradebook needs none of that. So the package is there at first without its
`__init__` having run; that runs as soon as something else of the package is asked for, and before it.

Where another program (the formgrader, another command) holds it, whoever reads or writes here waits for a while.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import sqlalchemy as sql
import sqlalchemy.exc

from autograder.limits import GRADEBOOK_SECONDS
from course_utils.refused import Refused


class _AlreadyLoaded(Loader):
    """Gives an import that was under way the module that came into being meanwhile."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _PutOff(MetaPathFinder):
    """A package whose `__init__` is still to run: when an attribute or another module of it is asked for.

    By whichever thread asks first. Another one that asks for an attribute waits for it; one that asks for a module does not,
    for it holds that module's import lock, which the first may need: Python's own finders give it the module.
    """

    def __init__(self, spec: ModuleSpec, loader: Loader) -> None:
        self._spec, self._loader = spec, loader
        self._claim, self._done, self._runner = threading.Lock(), threading.Event(), 0
        self._module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)

    def watch(self) -> None:
        """From now on, run it when it is needed."""
        vars(self._module)["__getattr__"] = self._attribute
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Asked for each module that is not loaded yet."""
        if not name.startswith(f"{self._spec.name}."):
            return None
        self._run()
        loaded = sys.modules.pop(name, None)  # it is put back by the import; left there it would be loaded once more
        return ModuleSpec(name, _AlreadyLoaded(loaded)) if loaded else None

    def _attribute(self, name: str) -> Any:
        if self._runner == threading.get_ident():  # the `__init__` itself asks for what it does not have yet
            raise AttributeError(f"module {self._spec.name!r} has no attribute {name!r}")
        self._run()
        self._done.wait()
        return getattr(self._module, name)

    def _run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        self._runner = threading.get_ident()
        sys.meta_path.remove(self)
        try:
            self._loader.exec_module(self._module)
        finally:
            del vars(self._module)["__getattr__"]
            self._done.set()


def _import_below(package: str, name: str) -> Any:
    """The module `package.name`; the package's own `__init__` is put off until it is needed."""
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is None or spec.loader is None:
        return importlib.import_module(f"{package}.{name}")
    put_off = _PutOff(spec, spec.loader)
    module = importlib.import_module(f"{package}.{name}")
    put_off.watch()
    return module


_api = _import_below("nbgrader", "api")
_Nbgraders: Any = _api.Gradebook  # whose type nobody knows before the module is imported
MissingEntry = _api.MissingEntry
compute_checksum = _api.utils.compute_checksum


class Busy(Refused):
    """Another program is writing to the gradebook; nothing was changed, and it may be tried again."""

    exit_code = 2


class Gradebook(_Nbgraders):
    """nbgrader's, which waits for another program that holds it: for GRADEBOOK_SECONDS seconds, then Busy is raised."""

    def __init__(self, db_url: str, *more: Any) -> None:
        try:
            super().__init__(_waiting(db_url), *more)
        except sql.exc.OperationalError as error:
            if is_busy(error):
                raise _busy() from error
            raise
        sql.event.listen(self.engine, "handle_error", _tell_busy)

    def begin(self, patience: float = GRADEBOOK_SECONDS) -> None:
        """Begin a transaction that will not fail for another's sake: only SQLite lets two begin at once."""
        if self.engine.dialect.name == "sqlite":
            self.db.rollback()
            self.db.execute(sql.text(f"PRAGMA busy_timeout = {int(patience * 1000)}"))
            self.db.execute(sql.text("BEGIN IMMEDIATE"))


def is_busy(error: sql.exc.DBAPIError) -> bool:
    """Whether a database's error says that somebody else holds it."""
    return any(word in str(error.orig) for word in ("locked", "busy"))


def _waiting(db_url: str) -> str:
    """The address of a database, with the time to wait for it where it is a file."""
    url = sql.engine.make_url(db_url)
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return db_url
    return url.update_query_dict({"timeout": f"{GRADEBOOK_SECONDS:g}"}).render_as_string(hide_password=False)


def _tell_busy(context: Any) -> None:
    """Turn a database's error into Busy: nbgrader's methods would make of it that an entry is invalid."""
    if isinstance(context.sqlalchemy_exception, sql.exc.OperationalError) and is_busy(context.sqlalchemy_exception):
        raise _busy() from context.sqlalchemy_exception


def _busy() -> Busy:
    return Busy("another program is writing to the gradebook (formgrader? nbgrader?); try again when it has ended")


__all__ = ["Busy", "Gradebook", "MissingEntry", "compute_checksum", "is_busy"]
