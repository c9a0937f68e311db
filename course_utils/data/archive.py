"""The texts in a `.tar.xz` file that the course carries."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_utils.data.fetch import Found


def members(found: Found) -> dict[str, str]:
    """Name -> text (UTF-8) of each file in a verified archive."""
    texts = {}
    with tarfile.open(fileobj=io.BytesIO(found.read()), mode="r:xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                texts[member.name] = content.read().decode("utf-8")
    return texts
