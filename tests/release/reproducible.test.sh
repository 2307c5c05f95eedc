# The same source built in another folder, from another cargo home, by a developer with other settings,
# gives the same bytes.
. "$(dirname "$0")/lib.sh"

cargo_home=${CARGO_HOME:-$HOME/.cargo}
source=$WORK/further/down/source
mkdir -p "$source" "$WORK/cargo/registry"
git ls-files --cached --others --exclude-standard -z | tar --null --files-from - --create | tar --extract -C "$source"
# The downloaded crates, so that they need not be downloaded again; they are unpacked again.
cp -r "$cargo_home/registry/cache" "$cargo_home/registry/index" "$WORK/cargo/registry/"

(
    PIP_CACHE_DIR=$(python3 -m pip cache dir)
    export PIP_CACHE_DIR CARGO_HOME=$WORK/cargo XDG_CACHE_HOME=$WORK/cache
    export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 RUSTFLAGS=-Cdebuginfo=2 CFLAGS=-DDEBUG
    umask 077
    "$source/scripts/release.sh" --dist "$WORK/dist"
)

unzip -q "$archive" -d "$WORK/first"
for folder in "$PWD" "$cargo_home" "$WORK" "$HOME/.rustup"; do
    for file in "$WORK/first/$executable" "$source/target"/*-linux-gnu/release/"$program"; do
        refused "$(basename "$file") does not hold the path $folder" '^$' grep -aF "$folder" "$file"
    done
done
holds "two builds have the same sums" same \
    "$(cat "$DIST/${release}_SHA256SUMS")" "$(cat "$WORK/dist/${release}_SHA256SUMS")"
