"""Writes a zip archive that depends on nothing but the contents of its files.

    archive.py ARCHIVE EXECUTABLE=NAME [FILE ...]

The executable is stored as NAME, the other files under their own names. Times come from SOURCE_DATE_EPOCH.
"""

import os
import stat
import sys
import time
import zipfile
from pathlib import Path

UNIX = 3


def add(archive: zipfile.ZipFile, file: Path, name: str, mode: int) -> None:
    # The zip format knows no time before 1980 and no odd seconds.
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315_532_800))
    entry = zipfile.ZipInfo(name, moment[:6])
    # Terraform runs the file with the mode that is written here, whatever system made the archive.
    entry.create_system = UNIX
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, file.read_bytes(), compresslevel=9)


def main(target: str, executable: str, *others: str) -> None:
    source, name = executable.split("=", 1)
    with zipfile.ZipFile(target, "w") as archive:
        add(archive, Path(source), name, 0o755)
        for other in sorted(others):
            add(archive, Path(other), Path(other).name, 0o644)


if __name__ == "__main__":
    main(*sys.argv[1:])
