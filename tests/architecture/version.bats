# The version stands in include/lsaflow/version.h; what others read of it says the same.

@test "CITATION.cff and CHANGELOG.md name the version of the library" {
    cd "$LSAFLOW_SOURCE" || return
    version=$(sed -n 's/^#define LSA_VERSION "\(.*\)"$/\1/p' include/lsaflow/version.h)
    [ -n "$version" ]
    grep -qx "version: $version" CITATION.cff
    grep -q "^## \[$version\]" CHANGELOG.md
    [[ "$("$LSAFLOW" --version)" == *"$version"* ]]
}
