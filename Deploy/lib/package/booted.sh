# Run by trial.service in the machine that Deploy/try-package boots: the README's way for administrators as it is
# written there, then what needs a systemd that runs. Writes what was tried to /trial/tried.
set -euo pipefail
touch /trial/begun
source /trial/shell.sh
top=/trial
url=http://127.0.0.1:8080
data=/var/lib/settled
cd /trial

tried() {
    printf '   %s\n' "$1"
    printf '%s\n' "$1" >>/trial/tried
}
# expect WHAT COMMAND…: the command's success is what is expected.
expect() {
    local what=$1
    shift
    "$@" >/trial/expect.log 2>&1 || failed "$what"
    tried "$what"
}
failed() {
    systemctl status --no-pager --lines 0 settled.service settled.socket || true
    journalctl --no-pager --lines 40 --unit 'settled*' || true
    fail "expected: $1; $(cat /trial/expect.log 2>/dev/null)"
}
property() { systemctl show --value --property "$1" "${2:-settled.service}"; }
# soon COMMAND…: within half a minute.
soon() {
    for _ in $(seq 60); do
        "$@" && return
        sleep 0.5
    done
    return 1
}
ready() { curl --silent --show-error --fail --max-time 20 --output /dev/null "${1:-$url}/readyz"; }
is() { [ "$(property "$1")" = "$2" ]; }
# the_recipe NAME: runs the README's lines, which use the package's name as it is there.
the_recipe() { bash -euo pipefail -c "$(recipe "$1")" >/trial/expect.log 2>&1 || failed "the README's lines of $1 work"; }
drop_in() { # drop_in UNIT NAME: lines on standard input
    mkdir -p "/etc/systemd/system/$1.d"
    cat >"/etc/systemd/system/$1.d/$2.conf"
    systemctl daemon-reload
}

# load FILE: asks over new connections, one after the other, until FILE is gone; a line for each that is not answered.
load() {
    touch "$1"
    while [ -e "$1" ]; do
        curl --silent --show-error --fail --max-time 30 --output /dev/null "$url/healthz" 2>>"$1.refused" || true
        printf . >>"$1.asked"
    done
}
# under_load WHAT COMMAND…: the command runs while three ask; nobody may be refused.
under_load() {
    local what=$1 one
    shift
    for one in 1 2 3; do load "/trial/load$one" & done
    sleep 1
    "$@" >/trial/expect.log 2>&1 || failed "$what"
    sleep 1
    rm -f /trial/load[123]
    wait
    ! grep . /trial/load[123].refused >/trial/expect.log || failed "$what: no connection is dropped"
    tried "$what: none of $(cat /trial/load[123].asked | wc -c) connections was dropped"
    rm -f /trial/load*
}
restarts() { for _ in 1 2 3 4 5; do systemctl restart settled.service; done; }

say "By the README: from the package to a closed period"
cp before.deb settled_0.0-1.deb
the_recipe admin-install
tried "the README's lines found an alliance, and the daemon is ready on the socket of systemd"
pid=$(property MainPID)
expect "the daemon listens on the very socket that systemd holds" sh -c \
    "ls -l /proc/1/fd | grep --fixed-strings \"\$(readlink /proc/$pid/fd/3)\""
expect "it runs as the account, which may nothing else" sh -c \
    "grep -q 'NoNewPrivs:.1' /proc/$pid/status && grep -q 'Seccomp:.2' /proc/$pid/status \
        && grep -q 'CapBnd:.0000000000000000' /proc/$pid/status && [ \$(stat -c %U /proc/$pid) = settled ]"
expect "it sees nothing of other services' data" sh -c "[ \"\$(nsenter --target $pid --mount ls /var/lib)\" = settled ]"
expect "the file system is read-only to it" sh -c \
    "nsenter --target $pid --mount touch /etc/settled/x 2>&1 | grep 'Read-only file system'"
the_recipe admin-close
tried "the README's lines hand in a batch, close its period and show the statement"

say "While others ask"
under_load "five restarts over the socket" restarts
under_load "an upgrade from the version before" sh -c 'dpkg --install /trial/settled.deb'
expect "the daemon after an upgrade is another process" test "$(property MainPID)" != "$pid"
expect "it is ready" soon ready

say "Configuration"
cp /etc/settled/settled.yaml good.yaml
printf 'nonsense: {}\n' >>/etc/settled/settled.yaml
expect "a reload with a bad configuration fails, and the daemon goes on" sh -c \
    "! systemctl reload settled.service && systemctl is-active settled.service"
cp good.yaml /etc/settled/settled.yaml
expect "a reload with a good one does not" systemctl reload settled.service
expect "it is ready" soon ready

say "The watchdog"
printf '[Service]\nWatchdogSec=4s\nTimeoutAbortSec=1s\n' | drop_in settled.service quick
systemctl restart settled.service
soon ready
pid=$(property MainPID)
sleep 10
expect "the daemon says that it lives" test "$(property MainPID)" = "$pid"
kill -STOP "$pid"
expect "one that hangs is killed by the watchdog, and started again" soon sh -c \
    "[ \"\$(systemctl show --value --property NRestarts settled.service)\" = 1 ]"
expect "the journal says why" sh -c "journalctl --unit settled.service | grep -i 'watchdog timeout'"
expect "it is ready" soon ready
rm /etc/systemd/system/settled.service.d/quick.conf
systemctl daemon-reload

say "The master secret"
the_recipe admin-secret
expect "as a credential: no longer beside the data, and the daemon is ready" sh -c \
    "! test -e $data/master.secret && test -e /etc/credstore/settled.master.secret"
expect "it is ready" soon ready
the_recipe admin-encrypted
expect "encrypted by the machine's key: nowhere in the clear, and the daemon is ready" sh -c \
    "! test -e /etc/credstore/settled.master.secret && test -s /etc/credstore.encrypted/settled.master.secret"
expect "it is ready" soon ready
the_recipe admin-rotate
expect "what goes into the safe has both versions" sh -c "[ \"\$(wc -l </run/settled.master.secret)\" = 2 ]"
the_recipe admin-rotated
expect "rotated: it is ready" soon ready
expect "and what it signs next is checked by another seal, as the old one stays" sh -c \
    "curl --silent --fail http://127.0.0.1:8080/.well-known/jwks.json | grep seal/1 | grep seal/2"
expect "the journal says so" sh -c \
    "journalctl --unit settled.service | grep 'version 2 of the master secret signs from now on'"

say "Backup, and a second alliance"
systemctl start settled-backup.service || failed "a backup"
expect "a backup is there, made within its fences" sh -c "ls /var/backups/settled/settled-quayside-*.sqlite.zst"
expect "the timer waits for the night" sh -c "systemctl list-timers --no-pager | grep settled-backup.timer"
the_recipe admin-second
expect "a second alliance is served over its own socket" soon curl --silent --fail --unix-socket \
    /run/settled-north.sock http://localhost/readyz
expect "and sees nothing of the first" sh -c \
    "[ \"\$(nsenter --target $(property MainPID settled@north.service) --mount ls /var/lib)\" = settled-north ]"

say "The units"
for unit in settled.service settled@north.service settled-backup.service; do
    expect "$unit is exposed by 1.5 at most" systemd-analyze security --threshold=15 --no-pager "$unit"
done
expect "systemd says nothing against them" sh -c \
    "systemd-analyze verify settled.service settled.socket settled@north.service settled@north.socket \
        settled-backup.service settled-backup.timer 2>&1 | { ! grep .; }"
version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
if [ "$version" -ge 254 ]; then
    expect "waits between restarts grow" test "$(property RestartSteps)" = 8
else
    tried "waits between restarts do not grow: systemd $version knows no such thing"
fi

say "Removal"
expect "removing the package stops what runs" sh -c \
    "apt-get remove --yes settled && ! systemctl is-active settled.service settled.socket settled@north.service"
expect "and keeps the data" test -s "$data/settled.sqlite" -a -s /var/lib/settled-north/settled.sqlite
expect "a purge too" sh -c "apt-get purge --yes settled && test -s $data/settled.sqlite"
touch /trial/done
