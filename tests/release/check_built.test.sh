# What the release workflow insists on before it signs: exactly what its building jobs made.
. "$(dirname "$0")/lib.sh"

mkdir "$WORK/dist"
for platform in linux_amd64 linux_arm64 darwin_amd64 darwin_arm64 windows_amd64 windows_arm64; do
    echo "archive of $platform" >"$WORK/dist/${release}_$platform.zip"
    echo "bill of $platform" >"$WORK/dist/${release}_$platform.cdx.json"
done
sums=$(cd "$WORK/dist" && sha256sum ./* | sed 's|\./||' | sort)
# As the workflow hands them over: one text for each platform, with empty lines between.
check() { scripts/release/check-built.sh "$WORK/dist" <<<"${1:-${sums//$'\n'/$'\n\n'}}"; }

holds "what was built is accepted" check
echo changed >>"$WORK/dist/${release}_linux_arm64.zip"
refused "a changed archive is refused" 'linux_arm64.zip: FAILED' check
echo "archive of linux_arm64" >"$WORK/dist/${release}_linux_arm64.zip"
touch "$WORK/dist/more"
refused "a further file is refused" '> more' check
rm "$WORK/dist/more" "$WORK/dist/${release}_darwin_arm64.zip"
refused "a missing archive is refused" "< ${release}_darwin_arm64.zip" check
refused "a platform without sums is refused" '< darwin_arm64.zip' check "$(grep -v darwin_arm64.zip <<<"$sums")"
