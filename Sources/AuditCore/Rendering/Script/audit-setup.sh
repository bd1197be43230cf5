#!/bin/sh
# audit-setup.sh: what nodeaudit does on a node, and what it says about the node's kernel.
#
# Runs as root in a privileged container of a pod with hostPID, with the host's root mounted. The container `audit-setup`
# (setup) of the agents and the container `task` (probe, sweep, reboot) of one-shot pods run the same script. It needs only
# POSIX sh and the tools of coreutils or busybox. Everything on the host is done by the host's own programs, in a chroot.
#
# Settings, all from the environment:
#   NODEAUDIT_TASK         setup | probe | sweep | reboot                                      (setup)
#   NODEAUDIT_BACKEND      CloudAuditSetup                                                     (CloudAuditSetup)
#   NODEAUDIT_BOOT_ID      sweep, reboot: the only boot on which anything may be changed       (any)
#   NODEAUDIT_HOST_ROOT    where the host's root is mounted                                    (/host)
#   NODEAUDIT_STATE_DIR    the collectors' state on the host, which a sweep takes away         (/var/lib/nodeaudit)
#   NODEAUDIT_SETTLE_SECONDS  how long to wait for rules after the unit has started            (10)
#   NODEAUDIT_BOOT_ID_FILE where the kernel says its boot id                                   (/proc/sys/kernel/random/boot_id)
#   TERMINATION_LOG        where the report goes                                               (/dev/termination-log)
#
# The report: one JSON object of at most 1,024 bytes, printable ASCII, the same on standard output. Its fields are those of
# docs/api.md. Exit codes: 0 the report says how it is, be it good or not; 1 something failed and is worth another try;
# 64 the settings make no sense.

set -u
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

TASK=${NODEAUDIT_TASK:-setup}
BACKEND=${NODEAUDIT_BACKEND:-CloudAuditSetup}
MEANT_BOOT=${NODEAUDIT_BOOT_ID:-}
ROOT=${NODEAUDIT_HOST_ROOT:-/host}
COLLECTOR_STATE=${NODEAUDIT_STATE_DIR:-/var/lib/nodeaudit}
SETTLE=${NODEAUDIT_SETTLE_SECONDS:-10}
BOOT_ID_FILE=${NODEAUDIT_BOOT_ID_FILE:-/proc/sys/kernel/random/boot_id}
REPORT_FILE=${TERMINATION_LOG:-/dev/termination-log}

UNIT=cloud-audit-setup.service
# On the host's tmpfs: what is noted here dies with the boot that it speaks of.
NOTES=$ROOT/run/nodeaudit
BASELINE_FILE=$NOTES/baseline

boot='' enabled=0 unit=absent rules=0 hash='' baseline='' lost=0 backlog=0 failure=0 left='' detail='' load='' active=''
unreadable='' # why the kernel could not be read
unsupported='' # why it never will be

# ---------------------------------------------------------------------------------------------------------------------
# Text from the host is not trusted to be short, printable or well-formed.

# First printable words of a text, at most 240 bytes, with nothing that JSON would have to escape.
plain() {
    printf '%s' "$1" | tr -s '\000-\040\177-\377' ' ' | tr '"\134' "'/" | cut -c 1-240 | sed 's/^ //; s/ $//'
}

# A decimal number of at most 10 digits without leading zeros, or nothing.
number() {
    case $1 in
        '' | *[!0-9]* | ???????????*) return 0 ;;
    esac
    printf '%s' "$1" | sed 's/^0*\(.\)/\1/'
}

is_digest() {
    case $1 in
        *[!0-9a-f]*) return 1 ;;
    esac
    [ "${#1}" -eq 64 ]
}

quoted_list() {
    list=''
    for word in $1; do list="$list${list:+,}\"$word\""; done
    printf '%s' "$list"
}

report() { # outcome
    json="{\"v\":1,\"task\":\"$TASK\",\"outcome\":\"$1\",\"boot\":\"$boot\",\"enabled\":$enabled,\"unit\":\"$unit\""
    json="$json,\"rules\":$rules,\"hash\":\"$hash\",\"baseline\":\"$baseline\",\"lost\":$lost,\"backlogLimit\":$backlog"
    json="$json,\"failure\":$failure,\"left\":[$(quoted_list "$left")],\"detail\":\"$(plain "$detail")\"}"
    printf '%s' "$json" >"$REPORT_FILE" || printf '%s\n' "cannot write the report to $REPORT_FILE" >&2
    printf '%s\n' "$json"
}

report_and_exit() { # outcome exit-code
    report "$1"
    exit "$2"
}

fail() {
    detail=$1
    report_and_exit Failed 1
}

# ---------------------------------------------------------------------------------------------------------------------
# The host.

# Runs a program of the host, for at most five minutes where the image has `timeout`. 127: the host has no such program.
host() {
    # shellcheck disable=SC2086 # two words or none
    $limited chroot "$ROOT" "$@" </dev/null
}

# The same with its output in $scratch/out and $scratch/err, each of at most about a megabyte.
on_host() {
    (ulimit -f 2048 && host "$@") >"$scratch/out" 2>"$scratch/err"
}

# The last thing that the program said, errors first.
complaint() {
    said=$(tail -c 2000 "$scratch/err" | tr '\000' ' ' | sed '/^[[:space:]]*$/d' | tail -n 1)
    [ -n "$said" ] || said=$(tail -c 2000 "$scratch/out" | tr '\000' ' ' | sed '/^[[:space:]]*$/d' | tail -n 1)
    plain "$said"
}

out_field() { # name: the number behind it in "name 1" or "name=1", as old and new auditctl print it
    number "$(head -c 4096 "$scratch/out" | tr -c 'a-z0-9_=\n' ' ' | tr ' ' '\n' |
        sed -n "/^$1\$/{n;s/^[0-9][0-9]*\$/&/p;}; s/^$1=\([0-9][0-9]*\)\$/\1/p" | head -n 1)"
}

out_property() { # name: the value behind it in systemctl show's "Name=value"
    head -c 4096 "$scratch/out" | sed -n "s/^$1=\([a-z-]*\)\$/\1/p" | head -n 1
}

# What the kernel says now: enabled, rules, hash, lost, backlog, failure. Sets unreadable or unsupported when it says nothing.
read_kernel() {
    enabled=0 rules=0 hash='' lost=0 backlog=0 failure=0 unreadable='' unsupported=''
    on_host auditctl -s
    case $? in
        0) ;;
        126 | 127) unsupported='no auditctl on this node' && return 1 ;;
        *)
            case $(complaint) in
                *'not in kernel'* | *'not supported'*) unsupported="no auditing in this kernel: $(complaint)" ;;
                *) unreadable="auditctl -s: $(complaint)" ;;
            esac
            return 1
            ;;
    esac
    value=$(out_field enabled)
    case $value in
        0 | 1 | 2) ;;
        *) unreadable="auditctl -s says no enabled: $(complaint)" && return 1 ;;
    esac
    lost=$(out_field lost) backlog=$(out_field backlog_limit) failure=$(out_field failure)
    [ -n "$failure" ] || failure=$(out_field flag)
    lost=${lost:-0} backlog=${backlog:-0}
    case $failure in 0 | 1 | 2) ;; *) failure=0 ;; esac
    if ! on_host auditctl -l; then
        unreadable="auditctl -l: $(complaint)"
        return 1
    fi
    enabled=$value
    hash=$(sha256sum <"$scratch/out" | cut -c 1-64)
    is_digest "$hash" || { unreadable='sha256sum gives no digest' && hash='' && return 1; }
    [ "$(head -c 9 "$scratch/out" | tr '\000' ' ')" = 'No rules' ] || rules=$(number "$(sed -n '/./p' "$scratch/out" | wc -l | tr -d ' ')")
    rules=${rules:-0}
}

# What systemd says of the node's unit: unit, and load and active in systemd's own words.
read_unit() {
    unit=absent load='' active=''
    on_host systemctl show --property=LoadState --property=ActiveState "$UNIT"
    case $? in
        0) ;;
        126 | 127) unsupported='no systemd on this node' && return 1 ;;
        *) unreadable="systemctl show: $(complaint)" && return 1 ;;
    esac
    load=$(out_property LoadState) active=$(out_property ActiveState)
    case $load in
        '') unreadable="systemctl show says no LoadState: $(complaint)" && return 1 ;;
        not-found) return 0 ;;
    esac
    unit=inactive
    [ "$active" != active ] || unit=active
}

# What was noted of this boot before anything was changed; empty when nobody looked in time.
read_baseline() {
    baseline=''
    [ -f "$BASELINE_FILE" ] || return 1
    read -r noted_boot noted_hash <"$BASELINE_FILE" || return 1
    [ "$noted_boot" = "$boot" ] || return 1
    [ "$noted_hash" != unknown ] || return 0
    is_digest "$noted_hash" || return 1
    baseline=$noted_hash
}

# Notes the baseline once a boot, whole or not at all. Rules that the unit has already loaded are nobody's baseline.
note_baseline() {
    ! read_baseline || return 0
    noted=$hash
    [ "$unit" != active ] || noted=unknown
    mkdir -p "$NOTES" || return 1
    printf '%s %s\n' "$boot" "$noted" >"$NOTES/.baseline.$$" && mv -f "$NOTES/.baseline.$$" "$BASELINE_FILE" || return 1
    read_baseline
}

# The unit is active, and the kernel audits by rules that were not there before.
audits_as_wanted() {
    [ "$unit" = active ] && [ "$enabled" -ge 1 ] && [ "$rules" -gt 0 ] && [ "$hash" != "$baseline" ]
}

is_cos() {
    on_host cat /etc/os-release || return 1
    os=$(head -c 4096 "$scratch/out" | tr -d "\"'" | sed -n 's/^ID=\([a-z0-9._-]*\)$/\1/p' | head -n 1)
    [ "$os" = cos ]
}

look() {
    read_kernel && read_unit
}

# Why a look failed, as an outcome.
report_blindness() {
    if [ -n "$unsupported" ]; then
        detail=$unsupported
        report_and_exit Unsupported 0
    fi
    fail "$unreadable"
}

# How the kernel stands, in one word, for those that only look.
as_it_is() {
    if audits_as_wanted; then
        printf Active
    elif [ "$enabled" -eq 2 ]; then
        printf LockedOther
    else
        printf Inactive
    fi
}

report_as_it_is() {
    report_and_exit "$(as_it_is)" 0
}

is_meant_boot() {
    [ -z "$MEANT_BOOT" ] || [ "$MEANT_BOOT" = "$boot" ]
}

# ---------------------------------------------------------------------------------------------------------------------
# The tasks.

setup() {
    case $BACKEND in
        CloudAuditSetup) setup_cloud_audit_setup ;;
    esac
}

# Starts the node's own unit unless the kernel already audits by it or is locked.
setup_cloud_audit_setup() {
    if ! is_cos; then
        detail="not Container-Optimized OS: the node says ID=${os:-}"
        read_kernel || :
        unreadable=''
        report_and_exit Unsupported 0
    fi
    look || report_blindness
    if [ "$unit" = absent ]; then
        detail="no unit $UNIT on this node"
        report_and_exit Unsupported 0
    fi
    note_baseline || fail 'cannot note the baseline in /run/nodeaudit'
    if audits_as_wanted; then report_and_exit Active 0; fi
    if [ "$enabled" -eq 2 ]; then
        detail='the kernel is locked with other rules until its next boot'
        report_and_exit LockedOther 0
    fi
    # An active unit whose rules are gone must run again: starting it would do nothing.
    verb=start
    [ "$unit" != active ] || verb=restart
    on_host systemctl "$verb" "$UNIT"
    code=$?
    said=$(complaint)
    await_rules
    if audits_as_wanted && [ "$code" -eq 0 ]; then report_and_exit Active 0; fi
    [ "$code" -eq 0 ] || fail "systemctl $verb $UNIT ended with $code: $said"
    fail "$UNIT ran and the kernel does not audit by new rules"
}

# A unit of another type than oneshot is active before it is done.
await_rules() {
    waited=0
    while
        look || report_blindness
        ! audits_as_wanted && [ "$code" -eq 0 ] && [ "$waited" -lt "$SETTLE" ]
    do
        sleep 1
        waited=$((waited + 1))
    done
}

probe() {
    look || report_blindness
    read_baseline || :
    report_as_it_is
}

# Takes back in place what can be taken back. A locked kernel stays as it is until its next boot.
sweep() {
    look || report_blindness
    read_baseline || :
    if ! is_meant_boot; then
        detail="meant for boot $MEANT_BOOT; nothing was changed"
        report_as_it_is
    fi
    ran=$unit
    if [ "$unit" != absent ]; then
        on_host systemctl stop "$UNIT" || fail "systemctl stop $UNIT: $(complaint)"
        # Not enabled at boot on today's images; where /etc is read-only there is nothing to undo.
        on_host systemctl disable "$UNIT" || :
    fi
    if [ "$enabled" -ne 2 ] && [ "$hash" != "$baseline" ]; then
        on_host auditctl -D || fail "auditctl -D: $(complaint)"
        restore_defaults
    fi
    note_what_stays "$ran"
    look || report_blindness
    on_host rm -rf "$COLLECTOR_STATE" || detail="cannot remove $COLLECTOR_STATE: $(complaint)"
    # The baseline goes last and not from a kernel that still differs from it: whoever sweeps again needs it.
    if [ "$enabled" -ne 2 ] && { [ "$hash" = "$baseline" ] || [ -z "$baseline" ]; }; then rm -rf "$NOTES"; fi
    report_as_it_is
}

# The rules that the node had by itself, where it has a unit that loads them.
restore_defaults() {
    on_host systemctl show --property=LoadState --property=ActiveState audit-rules.service || return 0
    [ "$(out_property LoadState)" = loaded ] || return 0
    on_host systemctl restart audit-rules.service || detail="systemctl restart audit-rules.service: $(complaint)"
}

# Names what the unit does besides rules and no stopping undoes: LOG rules of the packet filter, IMA's policy.
note_what_stays() {
    [ "$1" = active ] || [ -z "$baseline" ] || [ "$enabled" -eq 2 ] || return 0
    left=''
    if host iptables -w 5 -S 2>/dev/null | grep -q -e '-j LOG'; then left=iptables; fi
    if on_host cat /sys/kernel/security/ima/runtime_measurements_count &&
        [ "$(number "$(head -c 20 "$scratch/out" | tr -d '\n')")" -gt 1 ] 2>/dev/null; then
        left="$left${left:+ }ima"
    fi
}

# Asks the host's systemd for a reboot. The report is written first: nothing after the question is certain to happen.
reboot_host() {
    seen=no
    ! look || seen=yes
    read_baseline || :
    if [ -z "$MEANT_BOOT" ] || ! is_meant_boot; then
        [ "$seen" = yes ] || report_blindness
        detail="meant for boot ${MEANT_BOOT:-(none)}; nothing was done"
        report_as_it_is
    fi
    detail='asked the host to reboot'
    if [ "$seen" = yes ]; then
        report "$(as_it_is)"
    else
        detail="$detail; its kernel could not be read: $unsupported$unreadable"
        report Failed
    fi
    on_host systemctl --no-block reboot || fail "systemctl reboot: $(complaint)"
}

# ---------------------------------------------------------------------------------------------------------------------

limited=''
! command -v timeout >/dev/null 2>&1 || limited='timeout 300'
boot=$(head -c 64 "$BOOT_ID_FILE" 2>/dev/null | tr -d '\n')
case $boot in
    '' | *[!0-9a-f-]*) boot=unknown ;;
esac

refuse() {
    detail=$1
    report_and_exit Failed 64
}
case $TASK in
    setup | probe | sweep | reboot) ;;
    *) TASK=setup && refuse 'NODEAUDIT_TASK is none of setup, probe, sweep, reboot' ;;
esac
[ "$BACKEND" = CloudAuditSetup ] || refuse 'NODEAUDIT_BACKEND is not CloudAuditSetup'
case $SETTLE in
    '' | *[!0-9]* | ?????*) refuse 'NODEAUDIT_SETTLE_SECONDS is no number of seconds' ;;
esac
case $COLLECTOR_STATE/ in
    */../* | */./* | *//*) refuse 'NODEAUDIT_STATE_DIR is no plain path' ;;
    /var/lib/?*) ;;
    *) refuse 'NODEAUDIT_STATE_DIR is not below /var/lib' ;;
esac

[ "$boot" != unknown ] || fail 'the kernel says no boot id'
[ -d "$ROOT/run" ] || fail "no host root at $ROOT"
# In the container: a probe leaves nothing on the host.
scratch=${TMPDIR:-/tmp}/nodeaudit.$$
mkdir "$scratch" || fail "cannot make $scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' TERM INT HUP

case $TASK in
    setup) setup ;;
    probe) probe ;;
    sweep) sweep ;;
    reboot) reboot_host ;;
esac
