"""The manifest: the course's own is sound, and a mistake in one is named with its key."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from course_utils.data.manifest import (
    Address,
    Embedded,
    ManifestError,
    WheelMember,
    data_folder,
    data_set,
    read_manifest,
)

OWN = Path(__file__).parents[3] / "data" / "manifest.toml"
GOOD = """
[toy]
title = "A toy"
about = "a toy"
terms = "free"
citation = "none"
[[toy.files]]
name = "toy.txt"
megabytes = 1
sources = [{ url = "https://example.org/toy.txt" }]
[toy.files.sha256]
0000000000000000000000000000000000000000000000000000000000000000 = "the toy"
"""


def test_own_manifest_lists_the_sets_with_terms_and_sources():
    sets = read_manifest(OWN)
    assert {"imdb_ids", "imdb_text", "reuters", "ag_news", "bbc", "newsgroups", "glove", "thesaurus"} <= sets.keys()
    assert all(one.terms and one.citation for one in sets.values())
    assert [name for name, one in sets.items() for file in one.files if not file.sources] == ["glove_large"]


def test_own_sets_can_all_be_had_with_the_package_index_alone():
    sets = read_manifest(OWN)

    def by_package(one):
        return all(isinstance(source, WheelMember | Embedded) for file in one.files for source in file.sources[:1])

    for one in sets.values():
        origins = [sets[name] for name in one.substitute.origins] if one.substitute else [one]
        assert by_package(one) or all(map(by_package, origins)), one.name


def test_what_is_fetched_ahead_is_for_the_first_units_or_lies_here():
    ahead = [name for name, one in read_manifest(OWN).items() if one.when == "ahead"]
    assert ahead == ["imdb_ids", "imdb_text", "glove", "thesaurus", "babi", "goemotions"]


def test_own_manifest_has_the_hash_that_keras_lists():
    source = Path(distribution("keras").locate_file("keras/src/datasets/imdb.py")).read_text()
    (listed,) = re.findall(r'"([0-9a-f]{64})"', source)
    assert read_manifest(OWN)["imdb_ids"].files[0].accepted[listed] == "the canonical file"


def test_sources_become_their_kind(tmp_path):
    path = tmp_path / "manifest.toml"
    wheel = f'{{ package = "p==1", wheel = "p.whl", wheel_sha256 = "{"1" * 64}", member = "p/x" }}'
    path.write_text(GOOD.replace("sources = [", f'sources = [{{ embedded = "small/toy.txt" }}, {wheel}, '))
    kinds = [type(source) for source in read_manifest(path)["toy"].files[0].sources]
    assert kinds == [Embedded, WheelMember, Address]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "A toy"', "", "toy.title"),
        ('title = "A toy"', "title = 3", "toy.title"),
        ('terms = "free"', 'terms = "free"\nlicense = "free"', "toy.license"),
        ('terms = "free"', 'terms = "free"\nwhen = "never"', "toy.when"),
        ("megabytes = 1", 'megabytes = "one"', "toy.files[0].megabytes"),
        ("megabytes = 1", 'megabytes = 1\nalso = ["../toy.csv"]', "toy.files[0].also"),
        (f'{"0" * 64} = "the toy"', "", "toy.files[0].sha256"),
        ("[toy.files.sha256]", '[toy.files.md5]\nabc = "the toy"\n[toy.files.sha256]', "toy.files[0].md5"),
        ('name = "toy.txt"', 'name = "../toy.txt"', "toy.files[0].name"),
        ("0" * 64, "abc", "toy.files[0].sha256"),
        ("https:", "ftp:", "toy.files[0].sources[0].url"),
        ("{ url", "{ adress", "toy.files[0].sources[0]"),
        ('{ url = "https://example.org/toy.txt" }', '{ embedded = "../x" }', "toy.files[0].sources[0].embedded"),
        ('"the toy"\n', '"the toy"\n[toy.substitute]\nfrom = "lego"\ndiffers = "hard"\n', "toy.substitute.from"),
        ('"the toy"\n', '"the toy"\n[toy.substitute]\nfrom = ["toy", 1]\ndiffers = "hard"\n', "toy.substitute.from"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path, old, new, key):
    path = tmp_path / "manifest.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert f"{path}: {key}: " in str(caught.value)


def test_what_could_hold_a_pickle_is_not_recognised_by_an_md5(tmp_path):
    path = tmp_path / "manifest.toml"
    md5 = f'[toy.files.md5]\n{"0" * 32} = "the toy"\n'
    path.write_text(GOOD + md5)
    assert read_manifest(path)["toy"].files[0].md5 == {"0" * 32: "the toy"}
    path.write_text(GOOD.replace("toy.txt", "toy.npz") + md5)
    with pytest.raises(ManifestError, match=r"toy\.files\[0\]\.md5: only plain text"):
        read_manifest(path)


def test_what_is_no_toml_is_named_with_its_line(tmp_path):
    path = tmp_path / "manifest.toml"
    path.write_text("[toy]\ntitle = \n")
    with pytest.raises(ManifestError, match=r"manifest\.toml: .*line 2"):
        read_manifest(path)


def test_a_data_folder_without_a_manifest_uses_the_courses_own(folder):
    assert data_folder() == folder
    assert data_set("imdb_ids").files[0].name == "imdb.npz"


def test_an_unknown_set_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'imbd_ids'.*imdb_ids, imdb_text"):
        data_set("imbd_ids")
