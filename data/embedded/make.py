"""Make the embedded files anew from a mirror's larger ones: `python data/embedded/make.py MIRROR`.

Run once, after `make zoo-table`; the hashes that it prints belong into data/manifest.toml. Only needed to change what is embedded.
"""

import gzip
import hashlib
import io
import json
import lzma
import sys
import tarfile
from pathlib import Path

import numpy as np

WORDS = 10_000
COMMENTS = 20_000


def main(mirror: Path) -> None:
    """Write the files beside this one."""
    here = Path(__file__).parent
    for path, content in (
        (here / "glove.6B.100d.10k.f16.npz", vectors(mirror / "glove.6B.100d.20k.f16.npz")),
        (here / "thesaurus_en.json.gz", thesaurus(mirror / "thesaurus_en.json")),
        (here / "babi_qa1_qa2.tar.xz", archive(sorted(mirror.glob("qa[12]_*.txt")))),
        (here / "goemotions.tar.xz", archive(sorted(mirror.glob("goemotions_*")))),
        (here / "comment_bits.npy", comment_bits()),
        (here / "goemotions_members.npz.xz", (here.parent / "cache/zoo/goemotions.npz.xz").read_bytes()),
    ):
        path.write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {path.name}  {len(content):,} bytes")


def vectors(source: Path) -> bytes:
    """The most frequent words, as one text of a word a line, and their vectors as float16: an archive without a pickle."""
    with np.load(source, allow_pickle=False) as arrays:
        words, table = arrays["words"][:WORDS].tolist(), arrays["vectors"][:WORDS]
    out = io.BytesIO()
    np.savez_compressed(out, words=np.frombuffer("\n".join(words).encode(), np.uint8), vectors=table)
    return out.getvalue()


def thesaurus(source: Path) -> bytes:
    """Each word's meanings without the word itself, and without meanings and words that have nothing left."""
    kept = {}
    for word, meanings in json.loads(source.read_bytes()).items():
        others = [(part, [each for each in group if each.lower() != word]) for part, group in meanings]
        if others := [(part, group) for part, group in others if group]:
            kept[word] = others
    return gzip.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)


def comment_bits() -> bytes:
    """Of the vectors of GoEmotions's first comments, by the zoo's encoder, the signs: a bit a number, (20000, 48) uint8."""
    from course_utils import data, zoo

    out = io.BytesIO()
    np.save(out, np.packbits(zoo.encode(data.goemotions().train[0][:COMMENTS]) > 0, axis=1))
    return out.getvalue()


def archive(sources: list[Path]) -> bytes:
    """The files as they are, together; with nothing in it that differs from machine to machine."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for source in sources:
            content = source.read_bytes()
            member = tarfile.TarInfo(source.name)
            member.size, member.mode = len(content), 0o644
            made.addfile(member, io.BytesIO(content))
    return lzma.compress(out.getvalue(), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
