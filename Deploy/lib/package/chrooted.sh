# Run by Deploy/try-package within a root of Debian, with the name of a trial: what dpkg does with the package where no
# systemd runs, as in a container or an installer.
set -euo pipefail
source /trial/shell.sh
export DEBIAN_FRONTEND=noninteractive
data=/var/lib/settled

get() { apt-get install --yes --quiet --quiet --no-install-recommends "$@" >/trial/apt.log 2>&1 || fail "apt: $(cat /trial/apt.log)"; }
as_settled() { runuser -u settled -- "$@"; }
# expect WHAT COMMAND…: the command's success is what is expected.
expect() {
    local what=$1
    shift
    "$@" >/trial/expect.log 2>&1 || fail "expected: $what; $(cat /trial/expect.log)"
    printf '   %s\n' "$what"
}
mode() { stat --format '%A %U:%G' "$1"; }
found() {
    install -m 0640 -g settled /trial/example/alliance.yaml /etc/settled/alliance.yaml
    as_settled settled init --alliance /etc/settled/alliance.yaml --data "$data" >/dev/null
}
digest() { find "$data" -type f -exec sha256sum {} + | sort; }

installed() {
    get /trial/settled.deb
    expect "the program runs" settled --version
    expect "no library is missing" sh -c '! ldd /usr/bin/settled | grep "not found"'
    expect "no library of Swift's is needed" sh -c '! ldd /usr/bin/settled | grep -i swift'
    expect "the account is there, and cannot log in" sh -c 'getent passwd settled | grep nologin'
    expect "the data folder is the account's alone" test "$(mode "$data")" = "drwx------ settled:settled"
    expect "the backups' folder likewise" test "$(mode /var/backups/settled)" = "drwx------ settled:settled"
    expect "the configuration is not everybody's" test "$(mode /etc/settled)" = "drwxr-x--- root:settled"
    expect "the configuration is good" as_settled settled config check
    for page in settled.1 settled-serve.1 settled.service.8; do
        expect "$page is a page of the manual" sh -c "test -s /usr/share/man/man${page##*.}/$page.gz"
    done
    expect "no page has an error" sh -c \
        'for page in /usr/share/man/man[18]/settled*; do man --warnings --local-file "$page" 2>&1 >/dev/null; done | { ! grep .; }'
    expect "bash reads the completions" bash -n /usr/share/bash-completion/completions/settled
    expect "nothing is enabled" sh -c '! systemctl is-enabled settled.service settled.socket settled-backup.timer'
    expect "systemd has nothing to say of the units" units_are_good
    expect "the backoff is there where systemd knows it, and only there" backoff
    found
    expect "an alliance can be founded, by the account" test -s "$data/settled.sqlite"
}

units_are_good() {
    local units=(/usr/lib/systemd/system/settled*)
    [ ${#units[@]} = 8 ] || return 1
    systemd-analyze verify "${units[@]/%@.service/@north.service}" 2>&1 | { ! grep .; }
}

backoff() {
    local folder version
    folder=$(mktemp -d)
    version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    /usr/lib/systemd/system-generators/settled-backoff-generator "$folder" "$folder" "$folder"
    case $version in
    252) [ -z "$(ls "$folder")" ] ;;
    *) grep -q RestartSteps "$folder/settled.service.d/backoff.conf" && [ -e "$folder/settled@.service.d" ] ;;
    esac
}

upgraded() {
    get /trial/before.deb
    found
    printf '# Mine.\n' >>/etc/settled/settled.yaml
    local was
    was=$(digest)
    get -o Dpkg::Options::=--force-confold /trial/settled.deb
    expect "the version is the new one" sh -c 'dpkg-query -W -f "\${Version}" settled | grep -v "^0\.0"'
    expect "the data is byte for byte what it was" test "$was" = "$(digest)"
    expect "the configuration is still mine" grep -q '^# Mine' /etc/settled/settled.yaml
    expect "the data can be read" as_settled settled status --data "$data"
    was=$(digest)
    get --allow-downgrades /trial/before.deb
    expect "and back: the data is what it was" test "$was" = "$(digest)"
}

removed() {
    get /trial/settled.deb
    found
    local was
    was=$(digest)
    apt-get remove --yes settled >/trial/remove.log 2>&1 || fail "apt: $(cat /trial/remove.log)"
    expect "the program is gone" test ! -e /usr/bin/settled
    expect "the data is byte for byte what it was" test "$was" = "$(digest)"
    expect "the configuration is there" test -e /etc/settled/settled.yaml
    get /trial/settled.deb
    expect "installed again it reads the data" as_settled settled status --data "$data"
}

purged() {
    get /trial/settled.deb
    apt-get purge --yes settled >/trial/purge.log 2>&1 || fail "apt: $(cat /trial/purge.log)"
    expect "without data a purge leaves nothing" \
        sh -c '! ls -d /var/lib/settled /var/backups/settled /etc/settled 2>/dev/null'
    get /trial/settled.deb
    found
    systemctl enable settled.service settled.socket settled-backup.timer settled@north.service 2>/dev/null
    local was
    was=$(digest)
    apt-get purge --yes settled >/trial/purge.log 2>&1 || fail "apt: $(cat /trial/purge.log)"
    expect "with data a purge keeps it, byte for byte" test "$was" = "$(digest)"
    expect "and says so" grep -q "/var/lib/settled is kept" /trial/purge.log
    expect "the configuration that came with it is gone" test ! -e /etc/settled/settled.yaml
    expect "what a person wrote beside it is kept" test -e /etc/settled/alliance.yaml
    expect "no link to a unit dangles" sh -c '! find /etc/systemd -name "settled*" | grep .'
}

# For the machine that is booted: what the package needs is there, so that it is installed without a network.
prepared() {
    get /trial/before.deb
    dpkg --purge settled >/dev/null 2>&1
    rm -f /etc/resolv.conf
}

"$1"
