# Sourced by Deploy/package: the package's files, one function a kind, put below $root.

# architecture_of FILE: Debian's word for the machine that a program is for.
architecture_of() {
    case "$(od -An -t u2 -j 18 -N 2 "$1" | tr -d ' ')" in
    62) printf 'amd64\n' ;;
    183) printf 'arm64\n' ;;
    *) printf 'another machine\n' ;;
    esac
}

# linked_whole FILE: the program with Swift's libraries in it, in $scratch/settled. The build's objects are linked again,
# and nothing is compiled: the one release configuration, which is tested, is what is packed. Every symbol is bound at
# the start, and no library is looked for elsewhere than where Debian has them.
linked_whole() {
    local objects foundation
    objects="$(dirname "$(readlink -f "$1")")/settled.product/Objects.LinkFileList"
    [ -s "$objects" ] || fail "the objects of $1 are not beside it ($objects); name what \`swift build -c release\` made."
    # These need each other, in no order.
    foundation="-lFoundation -lFoundationInternationalization -lFoundationEssentials -lCoreFoundation"
    foundation+=" -l_FoundationCShims -l_FoundationCollections -l_FoundationICU"
    # shellcheck disable=SC2046,SC2086 # one word a flag
    swiftc -static-stdlib -emit-executable -o "$scratch/settled" "@$objects" \
        $(pkg-config --libs libcrypto zlib libzstd) -lstdc++ -lm \
        -Xlinker --start-group $foundation -Xlinker --end-group \
        -Xlinker --gc-sections -Xlinker --defsym -Xlinker main=settled_main -Xlinker -z -Xlinker now \
        >"$scratch/link.log" 2>&1 || fail "cannot link $1 with Swift's libraries within: $(tail -n 5 "$scratch/link.log")"
    if objdump -p "$scratch/settled" | grep 'NEEDED *libswift' >&2; then
        fail "$1 still needs these libraries of Swift's; look whether the toolchain has lib/swift_static."
    fi
}

# put MODE FILE PLACE: one file of the package.
put() { install -D -m "$1" "$2" "$root/$3"; }

stage_program() {
    linked_whole "$binary"
    put 755 "$scratch/settled" usr/bin/settled
    strip --remove-section=.comment --remove-section=.note --strip-unneeded "$root/usr/bin/settled"
    local completions="$scratch/completions"
    mkdir "$completions"
    for shell in bash zsh fish; do
        "$binary" --generate-completion-script "$shell" >"$completions/$shell"
    done
    # It is read, not run.
    sed -i '1{/^#!/d}' "$completions/bash"
    put 644 "$completions/bash" usr/share/bash-completion/completions/settled
    put 644 "$completions/zsh" usr/share/zsh/vendor-completions/_settled
    put 644 "$completions/fish" usr/share/fish/vendor_completions.d/settled.fish
}

# Pages from the commands' own help and from the units' own comments.
stage_manual() {
    local date
    date=$(date --utc --date "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)
    "$binary" --experimental-dump-help | PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$top/Deploy/lib" python3 -m package.manual \
        "$root/usr/share/man" "$top/Deploy/systemd" "$top/Deploy/lib/package/administration.roff" "$told" "$date"
    find "$root/usr/share/man" -type f -exec gzip -9n {} +
    find "$root/usr/share/man" -type f -exec chmod 644 {} +
}

stage_units() {
    local unit
    for unit in "$top"/Deploy/systemd/*.{service,socket,timer}; do
        put 644 "$unit" "usr/lib/systemd/system/${unit##*/}"
    done
    put 755 "$top/Deploy/systemd/settled-backoff-generator" usr/lib/systemd/system-generators/settled-backoff-generator
    put 644 "$top/Deploy/systemd/backoff.conf" usr/share/settled/backoff.conf
    put 644 "$top/Deploy/systemd/settled.sysusers" usr/lib/sysusers.d/settled.conf
    put 644 "$top/Deploy/systemd/settled.tmpfiles" usr/lib/tmpfiles.d/settled.conf
    put 644 "$top/Deploy/settled.yaml" etc/settled/settled.yaml
}

stage_documents() {
    local documents=usr/share/doc/settled
    put 644 "$scratch/debian/copyright" "$documents/copyright"
    put 644 "$scratch/debian/changelog" "$documents/changelog.Debian"
    gzip -9n "$root/$documents/changelog.Debian"
    put 644 "$top/README.md" "$documents/README.md"
    gzip -9n "$root/$documents/README.md"
    local example
    (cd "$top/Deploy/example" && find . -type f) | while read -r example; do
        put 644 "$top/Deploy/example/$example" "$documents/examples/$example"
    done
    for example in "$top"/Deploy/monitoring/*.{yaml,json}; do
        put 644 "$example" "$documents/monitoring/${example##*/}"
    done
    put 755 "$top/Deploy/verify-statement" "$documents/examples/verify-statement"
    put 644 "$scratch/debian/lintian-overrides" usr/share/lintian/overrides/settled
}

# What the package needs is read from the program, by the versions of symbols that it uses.
stage_control() {
    local script
    mkdir "$root/DEBIAN"
    for script in postinst prerm postrm; do install -m 755 "$scratch/debian/$script" "$root/DEBIAN/$script"; done
    (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
    chmod 644 "$root/DEBIAN/conffiles" "$root/DEBIAN/md5sums"
    (
        cd "$scratch"
        dpkg-shlibdeps -Tsubstvars -e"$root/usr/bin/settled" 2>shlibdeps.log \
            || fail "dpkg-shlibdeps: $(cat shlibdeps.log)"
        dpkg-gencontrol -psettled -P"$root" -Tsubstvars -fdebian/files -v"$version" >gencontrol.log 2>&1 \
            || fail "dpkg-gencontrol: $(cat gencontrol.log)"
    )
}
