"""ipykernel's own kernel without sockets and threads: its messages go to a front end in the same process.

So a notebook finds what it finds in JupyterLab: the same shell, magics, event loop, widgets' channels and errors. It is made
in the warm parent, where no thread may start, and used in a child.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

import ipykernel
from IPython.core import debugger
from IPython.core.profiledir import ProfileDir
from IPython.core.shellapp import InteractiveShellApp
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets.config import Config

from autograder.engine.run.front_end import FrontEnd


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let a module seem not to be installed."""
    before = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # None is Python's word for "not to be had"
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


with _without("debugpy"):  # JupyterLab's debugger would start a thread
    import ipykernel.debugger
    from ipykernel.displayhook import ZMQShellDisplayHook
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.zmqshell import ZMQDisplayPublisher, ZMQInteractiveShell


class _Session(Session):
    """Hands messages over in place of sending them."""

    front_end = AnyTrait()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> dict:
        message = msg_or_type if isinstance(msg_or_type, dict) else {"msg_type": msg_or_type, "content": content}
        self.front_end.take(message["msg_type"], message["content"] or {})
        return message


class _DisplayHook(ZMQShellDisplayHook):
    def finish_displayhook(self) -> None:
        with _streams_that_flush():
            super().finish_displayhook()


class _DisplayPublisher(ZMQDisplayPublisher):
    def _flush_streams(self) -> None:
        """Nothing waits in ours, and a notebook may have put anything in their place."""


@contextlib.contextmanager
def _streams_that_flush() -> Iterator[None]:
    """Put our words past whatever a notebook has made of sys.stdout."""
    kept = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = _Nowhere()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


class _Nowhere:
    def flush(self) -> None:
        pass


class _Shell(ZMQInteractiveShell):
    """The shell of the kernel, on a machine without a screen, and where `exit` ends its cell only."""

    displayhook_class = AnyTrait(_DisplayHook)
    display_pub_class = AnyTrait(_DisplayPublisher)

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> None:
        """`exit` ends its cell, not the notebook."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        with _streams_that_flush():
            super()._showtraceback(etype, evalue, stb)


_Shell.__name__ = _Shell.__qualname__ = "ZMQInteractiveShell"  # libraries ask for it by this name


class Kernel(IPythonKernel):
    """The kernel of one notebook."""

    shell_class = AnyTrait(_Shell)

    @property
    def its_shell(self) -> Any:
        """The shell, which is there from the beginning: a kernel makes it as it is made."""
        assert self.shell is not None
        return self.shell

    @contextlib.contextmanager
    def _cancel_on_sigint(self, future: Any) -> Iterator[None]:
        """An interrupt is Python's own here, in cells with `await` as in others: `Notebook` cancels what waits."""
        yield

    def begin_cell(self) -> str:
        """Tell everything that asks which cell runs that another one does; returns the id of its message."""
        assert self.session is not None  # `make_kernel` gives it one
        request = self.session.msg("execute_request", {"code": ""})
        self.set_parent([], request)
        return request["header"]["msg_id"]


def _pass_by(*_: Any, **__: Any) -> None:
    """What `breakpoint()` does in JupyterLab while its debugger is off: nothing."""


def make_kernel(front_end: FrontEnd) -> Kernel:
    """A kernel whose messages `front_end` takes."""
    config = Config()
    config.HistoryManager.enabled = False  # until there is a process and a home of its own
    config.InteractiveShell.colors = "nocolor"
    config.IPKernelApp.connection_file = ""  # by which libraries know that they are in a notebook
    kernel = Kernel.instance(
        config=config,
        session=_Session(front_end=front_end),
        iopub_socket=object(),
        log=logging.Logger("kernel", logging.CRITICAL),
    )
    kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=None)
    kernel.its_shell.extension_manager.load_extension("storemagic")
    import pdb

    pdb.Pdb = debugger.InterruptiblePdb  # type: ignore[assignment,misc]  # put in its place, as ipykernel's `init_pdb` does
    pdb.set_trace = debugger.set_trace
    sys.breakpointhook = _pass_by
    return kernel


def move_in(kernel: Kernel) -> None:
    """Let the kernel use the home that there is now, and look as if it had been started in this folder."""
    home = os.environ["HOME"]
    shell = kernel.its_shell
    shell.ipython_dir = f"{home}/.ipython"
    shell.profile_dir = ProfileDir.create_profile_dir_by_name(shell.ipython_dir, "default")
    shell.config.HistoryManager.update(enabled=True, hist_file=":memory:")
    shell.init_history()
    shell.init_user_ns()  # which names the history's lists
    launcher = os.path.join(os.path.dirname(os.path.dirname(ipykernel.__file__)), "ipykernel_launcher.py")
    sys.argv = [launcher, "-f", f"{home}/.local/share/jupyter/runtime/kernel.json"]
    # files handed in beside the notebook can be imported, unless Python has a module of that name
    InteractiveShellApp.init_path(types.SimpleNamespace(ignore_cwd=False))  # type: ignore[arg-type]  # all it reads of one
