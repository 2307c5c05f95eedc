# What the Registry asks of a release: names, modes, the manifest, the sums, and a valid bill of materials.
. "$(dirname "$0")/lib.sh"

expected=$(LC_ALL=C sort <<EOF
${release}_$platform.cdx.json
${release}_$platform.zip
${release}_SHA256SUMS
${release}_manifest.json
EOF
)
holds "the release has these files and no others" same "$expected" "$(LC_ALL=C ls "$DIST")"

# Mode, name and time of each entry.
entries=$(TZ=UTC python3 - "$archive" <<'PYTHON'
import sys, zipfile
for entry in zipfile.ZipFile(sys.argv[1]).infolist():
    print(oct(entry.external_attr >> 16), entry.create_system, entry.filename, *entry.date_time)
PYTHON
)
time=$(date -u -d "@$((SOURCE_DATE_EPOCH / 2 * 2))" '+%Y %-m %-d %-H %-M %-S')
expected="0o100755 3 $executable $time"
for file in CHANGELOG.md LICENSE-APACHE LICENSE-MIT README.md; do
    [ ! -e "$file" ] || expected+=$'\n'"0o100644 3 $file $time"
done
holds "the archive has the executable first, executable for all, and bears the commit's time" \
    same "$expected" "$entries"

holds "the manifest names protocol 6.0" python3 - "$DIST/${release}_manifest.json" <<'PYTHON'
import json, sys
manifest = json.load(open(sys.argv[1]))
assert manifest == {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}, manifest
PYTHON

sums="$DIST/${release}_SHA256SUMS"
expected=$(cd "$DIST" && LC_ALL=C ls | grep -v SHA256SUMS)
holds "the sums cover all files, the manifest included" same "$expected" "$(cut -d ' ' -f 3 "$sums")"
holds "the sums are right" bash -c 'cd "$1" && sha256sum --strict -c "$2"' - "$DIST" "$sums"

unzip -q "$archive" -d "$WORK/unpacked"
holds "the executable says its version" \
    same "$program $version" "$("$WORK/unpacked/$executable" --version)"

bill="$DIST/${release}_$platform.cdx.json"
install_tools "$lint_tools" scripts/release/lint-requirements.txt
schemas=$("$(python_of "$release_tools")" -c 'import cyclonedx.schema, pathlib; print(pathlib.Path(cyclonedx.schema.__file__).parent / "_res")')
holds "the bill of materials follows the CycloneDX schema" \
    "$lint_tools/bin/check-jsonschema" --base-uri "file://$schemas/" --schemafile "$schemas/bom-1.6.SNAPSHOT.schema.json" "$bill"
holds "the bill names the executable, this version's crates, and where each stands" \
    python3 - "$bill" "$WORK/unpacked/$executable" <<'PYTHON'
import hashlib, json, sys, tomllib
bill = json.load(open(sys.argv[1]))
executable = hashlib.sha256(open(sys.argv[2], "rb").read()).hexdigest()
assert bill["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": executable}]
locked = {(p["name"], p["version"]): p.get("checksum") for p in tomllib.load(open("Cargo.lock", "rb"))["package"]}
scopes = {}
for crate in bill["components"]:
    assert crate["hashes"][0]["content"] == locked[crate["name"], crate["version"]], crate
    assert crate["licenses"], crate
    scopes[crate["name"]] = crate["scope"]
# One that is shipped, one that only builds, one for Windows alone, and one for tests alone.
assert scopes["tonic"] == "required" and scopes["protox"] == "excluded", scopes
assert "windows-sys" not in scopes and "proptest" not in scopes, scopes
PYTHON
