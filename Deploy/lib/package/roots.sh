# Sourced by Deploy/try-package: roots of Debian's releases, and what runs in them.

# fresh_root RELEASE: makes the release's root once, as an archive that each trial unpacks anew.
fresh_root() {
    local archive="$built/$1.tar"
    [ -s "$archive" ] && return
    # What a small server has; the package's own needs are left to apt.
    mmdebstrap --quiet --format=tar --variant=apt --include=systemd,systemd-sysv,dbus,procps,man-db,curl,openssl,ca-certificates \
        --skip=cleanup/apt/lists --dpkgopt='path-include=/usr/share/man/*' "$1" "$archive.part" >&2 \
        || fail "mmdebstrap made no root of $1; look whether Debian's mirror answers: apt-get update"
    mv "$archive.part" "$archive"
}

# unpacked RELEASE: a root of its own in $root, with the packages and what the trials need in /trial.
unpacked() {
    root="$scratch/$1"
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$built/$1.tar" --numeric-owner --exclude='./dev/*'
    mkdir "$root/trial"
    cp "$package" "$root/trial/settled.deb"
    cp "$before" "$root/trial/before.deb"
    cp -R "$top/Deploy/example" "$top/Deploy/lib/shell.sh" "$top/Deploy/lib/package/chrooted.sh" \
        "$top/Deploy/lib/package/booted.sh" "$top/README.md" "$root/trial/"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
}

# within RELEASE TRIAL: one trial of chrooted.sh in a fresh root, which has nothing mounted of this machine.
within() {
    unpacked "$1"
    unshare --mount --pid --fork bash -euc '
        mount --make-rprivate /
        mount -t proc proc "$0/proc"
        for node in null zero random urandom; do
            : >"$0/dev/$node"
            mount --bind "/dev/$node" "$0/dev/$node"
        done
        ln -s /proc/self/fd "$0/dev/fd"
        exec chroot "$0" bash /trial/chrooted.sh "$1"' "$root" "$2" \
        || fail "on $1 the trial \`$2\` found what it says above."
}

# boot RELEASE: boots a root that has the version before installed; gives 1, and why in $scratch/untried, where this
# machine cannot.
boot() {
    within "$1" prepared
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    cp "$top/Deploy/lib/package/trial.service" "$root/etc/systemd/system/"
    ln -s ../trial.service "$root/etc/systemd/system/multi-user.target.wants/"
    # systemd wants control groups of the second kind; where this machine has the first, nspawn gets its own view.
    unshare --mount bash -euc '
        mount --make-rprivate /
        if [ "$(stat --file-system --format %T /sys/fs/cgroup)" != cgroup2fs ]; then
            umount --recursive /sys/fs/cgroup 2>/dev/null || true
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
        fi
        mkdir -p /sys/fs/cgroup/settled-trial
        echo $$ >/sys/fs/cgroup/settled-trial/cgroup.procs
        exec timeout --kill-after 10 900 systemd-nspawn --quiet --register=no --keep-unit --private-network \
            --console=pipe --directory "$0" --boot' "$root" >"$scratch/console" 2>&1 </dev/null || true
    find /sys/fs/cgroup/settled-trial /sys/fs/cgroup/unified/settled-trial -depth -type d -exec rmdir {} \; 2>/dev/null || true
    if ! [ -e "$root/trial/begun" ]; then
        printf 'systemd-nspawn did not come to run it: %s\n' "$(tail -n 3 "$scratch/console" | tr '\n' ' ')" \
            >"$scratch/untried"
        return 1
    fi
    cat "$root/trial/output"
    [ -e "$root/trial/done" ] || fail "on $1, booted, the trial found what it says above."
    cp "$root/trial/tried" "$scratch/tried"
}
