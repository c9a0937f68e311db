"""The gradebook in PostgreSQL: graded, graded again, judged again. Skipped where there is no server to start."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.autograder.engine import stubbed
from tests.autograder.engine.test_ledger import scores
from tests.autograder.engine.test_rejudge import judge

BINARIES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin")]


@pytest.fixture(scope="module")
def server():
    """An address of an empty database, on a Unix socket."""
    pytest.importorskip("psycopg2", reason="psycopg2 is not installed")
    binaries = next((folder for folder in BINARIES if (folder / "initdb").exists()), None)
    if binaries is None:
        pytest.skip("PostgreSQL's programs are not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
        user = ["setpriv", "--reuid=nobody", "--clear-groups"]
    data = str(folder / "data")

    def call(*words):
        done = subprocess.run([*user, *words], capture_output=True, text=True, cwd="/", timeout=60)
        if done.returncode:
            pytest.skip(f"PostgreSQL would not start: {(done.stderr or done.stdout).strip().splitlines()[-1]}")

    call(str(binaries / "initdb"), "-D", data, "-U", "teacher", "-A", "trust", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -F"
    call(str(binaries / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql+psycopg2://teacher@/postgres?host={folder}"
    subprocess.run([*user, str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_graded_and_judged_again(server, tmp_path):
    db_url = stubbed.make_course(tmp_path, 4, server)
    assert len(stubbed.grade(tmp_path, db_url).graded) == 4
    assert scores(db_url) == {"student00": 2, "student01": 0, "student02": 0, "student03": 2}
    assert len(stubbed.grade(tmp_path, db_url).already) == 4
    assert len(stubbed.grade(tmp_path, db_url, again=True).graded) == 4
    assert judge(tmp_path, db_url, stubbed.small_packs(rtol=0.6)).changed["student01"] == (0, 2)
    assert scores(db_url)["student01"] == 2
