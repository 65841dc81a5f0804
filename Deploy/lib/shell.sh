# Sourced by the scripts beside this folder: where things are, and how they speak.

# The repository's top folder, wherever the script was called from.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# say SENTENCE: what is being done now.
say() { printf "\n== %s\n" "$*"; }

# fail SENTENCE: what went wrong and what to do about it; the exit code 3 means trouble.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 3
}

# shown COMMAND…: prints the command as a reader could type it, then runs it.
shown() {
    printf '   $ %s\n' "$*"
    "$@"
}

# settled_binary: the path of the binary of the one configuration that tests and quickstart share.
settled_binary() { printf '%s/settled' "$(swift build -c release --package-path "$top" --show-bin-path)"; }

# recipe NAME: the shell lines that README.md shows below its marker `<!-- recipe: NAME -->`, so that what is
# run is what is written there.
recipe() {
    awk -v marker="<!-- recipe: $1 -->" '
        $0 == marker { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside { print }
    ' "$top/README.md"
}
