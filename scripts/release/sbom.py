"""Writes the software bill of materials of an executable as CycloneDX JSON.

    sbom.py TARGET EXECUTABLE OUTPUT

It lists the crates that cargo resolves for TARGET, with the checksums of Cargo.lock. Those that only
take part in the build (build scripts, procedural macros) are marked as excluded. Nothing in it is random,
and its time is SOURCE_DATE_EPOCH, so the same executable has the same bill.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import uuid
from datetime import datetime, timezone
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

# cargo prints each crate's depth, name and version, licence, repository, and a mark where it has been before.
LINE = re.compile(r"(?P<depth>\d+)(?P<name>\S+) v(?P<version>\S+)[^|]*\|(?P<licence>[^|]*)\|(?P<repository>[^|]*)\|")

Crate = tuple[str, str]


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def tree(target: str, edges: str) -> list[re.Match[str]]:
    text = output_of(
        "cargo", "--color", "never", "tree", "--locked", "--target", target, "--edges", edges,
        "--prefix", "depth", "--format", "{p}|{l}|{r}|",
    )
    return [LINE.match(line) for line in text.splitlines()]


def crate_of(line: re.Match[str]) -> Crate:
    return line["name"], line["version"]


def checksums() -> dict[Crate, str]:
    lock = tomllib.loads(Path("Cargo.lock").read_text(encoding="utf-8"))
    return {(p["name"], p["version"]): p["checksum"] for p in lock["package"] if "checksum" in p}


def sha256(value: str) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=value)]


def licences(text: str) -> list:
    # Older manifests separate alternatives by a slash, which is no SPDX expression.
    return [LicenseFactory().make_from_string(re.sub(r"\s*/\s*", " OR ", text))] if text else []


def repository(address: str) -> list[ExternalReference]:
    return [ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(address))] if address else []


def library(line: re.Match[str], shipped: bool, checksum: str) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        name=line["name"],
        version=line["version"],
        bom_ref=f"{line['name']}@{line['version']}",
        scope=ComponentScope.REQUIRED if shipped else ComponentScope.EXCLUDED,
        purl=PackageURL("cargo", name=line["name"], version=line["version"]),
        licenses=licences(line["licence"]),
        hashes=sha256(checksum),
        external_references=repository(line["repository"]),
    )


def application(line: re.Match[str], target: str, executable: Path) -> Component:
    return Component(
        type=ComponentType.APPLICATION,
        name=line["name"],
        version=line["version"],
        bom_ref=f"{line['name']}@{line['version']}",
        purl=PackageURL("github", "bahriya-rs", line["name"], f"v{line['version']}"),
        licenses=licences(line["licence"]),
        hashes=sha256(hashlib.sha256(executable.read_bytes()).hexdigest()),
        properties=[Property(name="cargo:target", value=target)],
    )


def compiler() -> Component:
    release = re.search(r"^release: (.+)$", output_of("rustc", "-vV"), re.MULTILINE)[1]
    return Component(type=ComponentType.APPLICATION, name="rustc", version=release)


def bill(target: str, executable: Path) -> Bom:
    lines = tree(target, "no-dev")
    shipped = {crate_of(line) for line in tree(target, "no-dev,no-build,no-proc-macro")}
    known = checksums()
    root = application(lines[0], target, executable)
    components = {crate_of(lines[0]): root}
    dependencies: dict[Crate, set[Crate]] = {}
    path: list[Crate] = []
    for line in lines:
        crate = crate_of(line)
        if crate not in components:
            components[crate] = library(line, crate in shipped, known[crate])
        del path[int(line["depth"]):]
        if path:
            dependencies.setdefault(path[-1], set()).add(crate)
        path.append(crate)

    bom = Bom(components=[c for c in components.values() if c is not root])
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"{root.purl}#{next(iter(root.hashes)).content}")
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    bom.metadata.component = root
    bom.metadata.tools.components.add(compiler())
    for crate, component in components.items():
        bom.register_dependency(component, [components[d] for d in dependencies.get(crate, ())])
    return bom


def main(target: str, executable: str, output: str) -> None:
    text = JsonV1Dot6(bill(target, Path(executable))).output_as_string(indent=2)
    Path(output).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
