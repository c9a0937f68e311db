"""A Dask cluster for tests: a scheduler and workers as processes of their own, that have only the worker package.

Each worker has its own home, working, temporary and data folder. In `Namespaces` it also has a network namespace, joined to
the others by a bridge, and a root of its own, in which nothing of this course but the package can be found.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import psutil

from autograder.engine.cluster import cli as worker_cli
from autograder.engine.cluster import worker
from autograder.engine.cluster.package import write_worker_package

#: A package of this name on its path keeps the scheduler, in the same environment, from finding the course.
NO_COURSE = 'raise ImportError("No module named autograder")\n'


class Cluster:
    """A scheduler and its workers on this machine. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.host = folder, "127.0.0.1"
        self.package = folder / "package"
        worker.code_digests.cache_clear()  # an author may be at work beside us
        worker.code_digests()
        with zipfile.ZipFile(write_worker_package(folder)) as wheel:
            wheel.extractall(self.package)
        (folder / "no_course" / "autograder").mkdir(parents=True)
        (folder / "no_course" / "autograder" / "__init__.py").write_text(NO_COURSE)
        self.scheduler: subprocess.Popen | None = None
        self.workers: dict[str, subprocess.Popen] = {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return f"tcp://{self.host}:{self.port}"

    def start(self, *workers: str) -> "Cluster":
        """Start the scheduler and these workers; return when it listens."""
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_scheduler",
            "--no-dashboard",
            "--dashboard-address",
            ":0",
        ]
        command += ["--host", self.host, "--port", str(self.port)]
        self.scheduler = self._start("scheduler", command, {"PYTHONPATH": str(self.folder / "no_course")})
        for name in workers:
            self.add(name)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection((self.host, self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the scheduler did not start")

    def add(self, name: str, threads: int = 1) -> None:
        """Start a worker."""
        command = worker_cli.command(self.address, threads, ("--name", name))
        self.workers[name] = self._start(name, self._inside(name, command), self._environment(name))

    def _environment(self, name: str) -> dict[str, str]:
        return {"PYTHONPATH": str(self.package), "COURSE_DATA": str(self.folder / name / "data")}

    def _inside(self, name: str, command: list[str]) -> list[str]:
        return command

    def _start(self, name: str, command: list[str], extra: dict[str, str]) -> subprocess.Popen:
        home = self.folder / name
        for inner in ("tmp", "data", "work"):
            (home / inner).mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.package / "autograder" / "data", home / "data", dirs_exist_ok=True)
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "COURSE_MIRROR") if key in os.environ}
        environment = kept | {"HOME": str(home), "TMPDIR": str(home / "tmp"), **extra}
        with (home / "log").open("a") as log:
            return subprocess.Popen(
                command, cwd=home / "work", env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def log(self, name: str) -> str:
        """What a process of the cluster has said."""
        return (self.folder / name / "log").read_text()

    def lose(self, name: str) -> list[psutil.Process]:
        """A worker's host fails: its processes are killed, as hard as can be. Returns what else ran on it."""
        process = self.workers.pop(name)
        below = psutil.Process(process.pid).children(recursive=True)
        daskers = [one for one in below if "multiprocessing" in " ".join(one.cmdline())]  # the worker, below its nanny
        process.kill()
        for one in daskers:
            one.kill()
        process.wait()
        return [one for one in below if one not in daskers]

    def lose_scheduler(self) -> None:
        """The scheduler's host fails."""
        self.scheduler.kill()
        self.scheduler.wait()

    def stop(self) -> None:
        """End everything that was started."""
        for process in [*self.workers.values(), self.scheduler]:
            if process is not None:
                below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
                process.send_signal(signal.SIGKILL)
                for one in below:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
                process.wait()
        self.workers.clear()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def run(*words: str) -> None:
    """A command of the system. Raises OSError with what it said when it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip() or done.returncode}")


#: Makes $ROOT the root of the command that follows: the system, the interpreter, the package, and folders of its own.
OWN_ROOT = """
set -e
mount -t tmpfs -o mode=755 none "$ROOT"
cd "$ROOT"
mkdir -p old proc dev tmp mnt etc/ssl package host
for each in /usr /bin /sbin /lib /lib32 /lib64; do
    if [ -L "$each" ]; then ln -s "$(readlink "$each")" ".$each"
    elif [ -d "$each" ]; then mkdir -p ".$each"; mount --rbind "$each" ".$each"; fi
done
for each in /etc/ld.so.cache /etc/passwd /etc/hosts /etc/localtime; do
    if [ -e "$each" ]; then cp -L "$each" ".$each"; fi
done
for each in $SHOWN; do mkdir -p ".$each"; mount --rbind "$each" ".$each"; done
mount --bind "$PACKAGE" package
mount --rbind "$OWN" host
mount --rbind /proc proc
mount --rbind /dev dev
chmod 1777 tmp
pivot_root . old
umount -l /old
rmdir /old
cd /host/work
unset ROOT SHOWN PACKAGE OWN
exec "$@"
"""


class Namespaces(Cluster):
    """Workers in network and mount namespaces, joined by a bridge. Raises OSError where these cannot be made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        number = os.getpid() % 250
        self._bridge, self._net = f"course{number}", f"10.213.{number}"
        self.host, self._made = f"{self._net}.1", []
        try:
            run("ip", "link", "add", self._bridge, "type", "bridge")
            run("ip", "addr", "add", f"{self.host}/24", "dev", self._bridge)
            run("ip", "link", "set", self._bridge, "up")
            self._probe()
        except OSError:
            self.stop()
            raise

    def _probe(self) -> None:
        """Whether a worker's world can be made here."""
        (self.folder / "probe" / "work").mkdir(parents=True)
        environment = {**os.environ, **self._environment("probe")}
        done = subprocess.run(
            self._inside("probe", ["true"]), env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise OSError(f"no root of its own: {done.stderr.strip()}")

    def _environment(self, name: str) -> dict[str, str]:
        places = {os.path.realpath(place) for place in (sys.base_prefix, sys.prefix)}
        shown = sorted(place for place in places if not Path(place).is_relative_to("/usr"))
        (self.folder / name / "root").mkdir(parents=True, exist_ok=True)
        world = {"ROOT": self.folder / name / "root", "PACKAGE": self.package, "OWN": self.folder / name}
        own = {"HOME": "/host", "TMPDIR": "/tmp", "PYTHONPATH": "/package", "COURSE_DATA": "/host/data"}
        return {**{key: str(value) for key, value in world.items()}, "SHOWN": " ".join(shown), **own}

    def _inside(self, name: str, command: list[str]) -> list[str]:
        if name not in self._made:
            self._join(name)
        inner = ["unshare", "--mount", "--propagation", "private", "sh", "-c", OWN_ROOT, "sh", *command]
        return ["ip", "netns", "exec", self._netns(name), *inner]

    def _netns(self, name: str) -> str:
        return f"{self._bridge}-{name}"

    def _join(self, name: str) -> None:
        """A network namespace whose only way out is a wire to the bridge."""
        self._made.append(name)
        number = len(self._made)
        netns, here = self._netns(name), f"{self._bridge}v{number}"
        run("ip", "netns", "add", netns)
        run("ip", "link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", netns)
        run("ip", "link", "set", here, "master", self._bridge, "up")
        run("ip", "-n", netns, "addr", "add", f"{self._net}.{10 + number}/24", "dev", "eth0")
        run("ip", "-n", netns, "link", "set", "eth0", "up")
        run("ip", "-n", netns, "link", "set", "lo", "up")

    def stop(self) -> None:
        """End everything, and take the network down."""
        super().stop()
        for name in self._made:
            subprocess.run(["ip", "netns", "del", self._netns(name)], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._bridge], capture_output=True, check=False)


def new_folder(name: str) -> Path:
    """A folder that a process which is no longer root's equal can reach; pytest's own are closed to others."""
    return Path(tempfile.mkdtemp(prefix=f"{name}-"))
