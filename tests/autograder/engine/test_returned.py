"""What travels to a worker of a cluster and back: bytes that only the process that judges looks into."""

import zlib

import pytest

from autograder.engine.cluster import worker
from autograder.engine.run.runner import EngineFault, pack_job, unpack_job

DONE = b'{"done":true,"reason":"","used":1.5}'
CELL = b'{"cell":0,"outputs":[{"output_type":"stream","name":"stdout","text":"\xc3\xa9"}]}'


@pytest.mark.parametrize("bodies", [[], [b""], [b"a", b"\x00" * 1000, "é".encode()]])
def test_what_is_packed_comes_out(bodies):
    assert worker.unpack(worker.pack({"a": [1, "é", "\ud800"]}, bodies)) == ({"a": [1, "é", "\ud800"]}, bodies)


def test_sources_and_files_come_back_as_they_were():
    cells, files = ["", 'a = "é"\n', "#" + "\N{SNOWMAN}" * 9], {"b/c d.txt": bytes(range(256)), 'a"b': b""}
    assert unpack_job(pack_job(cells, files)) == (cells, files)
    assert unpack_job(pack_job([], {})) == ([], {})


def test_frames_become_a_result():
    result = worker.Returned(worker.pack({"seconds": [0.1, 0.2]}, [CELL, DONE]), waited=3.0).parsed()
    assert result.outputs[0][0]["text"] == "é"
    assert (result.used, result.waited) == (1.5, 3.0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        zlib.compress(b"\x00\x00"),
        zlib.compress(b"\x00\x00\x00\x02[]"),
        worker.pack({}, [DONE]),
        worker.pack({"seconds": []}, [DONE]),
        worker.pack({"seconds": [0.1]}, [b"no frame"]),
    ],
)
def test_what_is_no_result_is_a_fault_of_the_engine(data):
    with pytest.raises(EngineFault):
        worker.Returned(data).parsed()


def test_what_grows_too_large_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(worker, "MOST_UNPACKED", 10_000)
    with pytest.raises(EngineFault, match="is not a result"):
        worker.Returned(worker.pack({"seconds": [0.1]}, [bytes(10**6)])).parsed()
