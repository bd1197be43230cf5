#!/bin/sh
# audit-setup.sh: what nodeaudit does on a node, and what it says about the node's kernel.
#
# Runs as root in a privileged container of a pod with hostPID, with the host's root mounted. The container `audit-setup`
# (setup) of the agents and the container `task` (probe, sweep, reboot) of one-shot pods run the same script. It needs only
# POSIX sh and the tools of coreutils or busybox. Everything on the host is done by the host's own programs, in a chroot.
#
# Settings, all from the environment:
#   NODEAUDIT_TASK         setup | probe | sweep | reboot                                      (setup)
#   NODEAUDIT_BACKEND      CloudAuditSetup | AuditRules; tasks other than setup go by what the last set-up of the
#                          boot noted, and by this where none did                              (CloudAuditSetup)
#   NODEAUDIT_RULES_DIR    AuditRules: where the files audit.rules.amd64 and audit.rules.arm64 are  (/etc/nodeaudit)
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
RULES_DIR=${NODEAUDIT_RULES_DIR:-/etc/nodeaudit}
REPORT_FILE=${TERMINATION_LOG:-/dev/termination-log}

UNIT=cloud-audit-setup.service
# On the host's tmpfs: what is noted here dies with the boot that it speaks of. Each note is one line that begins with the boot:
#   baseline   the hash of the rules before us, or unknown        settings   enabled, backlog limit and wait, rate, failure mode then
#   wanted     what the last set-up was asked for: the backend, and for AuditRules the digest of the rules and the least enabled,
#              which a sweep takes away
#   loaded     AuditRules: the digest of the rules that were loaded, and the hash of what the kernel listed then
# and audit.rules is the file that was loaded.
NOTES=$ROOT/run/nodeaudit
HOST_NOTES=/run/nodeaudit

boot='' enabled=0 unit=absent rules=0 hash='' baseline='' lost=0 backlog=0 failure=0 left='' detail='' load='' active=''
rate=0 backlog_wait='' wanted='' wanted_enabled=1 loaded='' loaded_hash=''
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

# Nothing can be set up here, and so nothing is wanted here any more.
give_up() {
    detail=$1
    rm -f "$NOTES/wanted"
    report_and_exit Unsupported 0
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
    enabled=0 rules=0 hash='' lost=0 backlog=0 failure=0 rate=0 backlog_wait='' unreadable='' unsupported=''
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
    rate=$(out_field rate_limit) backlog_wait=$(out_field backlog_wait_time)
    lost=${lost:-0} backlog=${backlog:-0} rate=${rate:-0}
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
    # Only the unit needs systemd. Where that is installed and does not run there is no such directory (sd_booted(3)).
    [ "$BACKEND" != AuditRules ] || [ -d "$ROOT/run/systemd/system" ] || return 0
    on_host systemctl show --property=LoadState --property=ActiveState "$UNIT"
    case $? in
        0) ;;
        126 | 127)
            [ "$BACKEND" != AuditRules ] || return 0
            unsupported='no systemd on this node' && return 1
            ;;
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

# ---------------------------------------------------------------------------------------------------------------------
# Notes.

# Writes a note of this boot, whole or not at all.
note() { # name words
    mkdir -p "$NOTES" && printf '%s %s\n' "$boot" "$2" >"$NOTES/.$1.$$" && mv -f "$NOTES/.$1.$$" "$NOTES/$1"
}

# The words of a note in noted; false when there is none of this boot.
read_note() { # name
    noted=''
    [ -f "$NOTES/$1" ] || return 1
    read -r noted_boot noted <"$NOTES/$1" || return 1
    [ "$noted_boot" = "$boot" ]
}

# What was noted of this boot before anything was changed; empty when nobody looked in time.
read_baseline() {
    baseline=''
    read_note baseline || return 1
    [ "$noted" != unknown ] || return 0
    is_digest "$noted" || return 1
    baseline=$noted
}

# Notes the baseline once a boot. Rules that the unit or we have already loaded are nobody's baseline.
note_baseline() {
    ! read_baseline || return 0
    first=$hash
    if [ "$unit" = active ] || [ "$hash" = "$loaded_hash" ]; then first=unknown; fi
    note settings "$enabled $backlog ${backlog_wait:--} $rate $failure" && note baseline "$first" && read_baseline
}

fail_to_note() {
    fail "cannot write notes to $HOST_NOTES"
}

note_loaded() {
    note loaded "$wanted $hash" || fail_to_note
    read_loaded || fail_to_note
}

read_loaded() {
    loaded='' loaded_hash=''
    read_note loaded || return 1
    is_digest "${noted%% *}" && is_digest "${noted#* }" || return 1
    loaded=${noted%% *} loaded_hash=${noted#* }
}

# What the last set-up of this boot was asked for, its backend included.
read_wanted() {
    wanted='' wanted_enabled=1
    read_note wanted || return 1
    # shellcheck disable=SC2086 # words
    set -- $noted
    case ${1:-} in
        CloudAuditSetup) BACKEND=$1 ;;
        AuditRules)
            BACKEND=$1
            is_digest "${2:-}" || return 1
            case ${3:-} in 1 | 2) ;; *) return 1 ;; esac
            wanted=$2 wanted_enabled=$3
            ;;
        *) return 1 ;;
    esac
}

# All of them. True when anything of ours was here on this boot.
read_notes() {
    [ "$TASK" = setup ] || read_wanted || :
    known=1
    ! read_baseline || known=0
    ! read_loaded || known=0
    return "$known"
}

# CloudAuditSetup: the unit is active, and the kernel audits by rules that were not there before and are not ours.
# AuditRules: the kernel lists what it listed when the wanted rules had been loaded.
audits_as_wanted() {
    [ "$enabled" -ge 1 ] && [ "$rules" -gt 0 ] || return 1
    if [ "$BACKEND" = AuditRules ]; then
        [ -n "$wanted" ] && [ "$wanted" = "$loaded" ] && [ "$hash" = "$loaded_hash" ] && [ "$enabled" -ge "$wanted_enabled" ]
    else
        [ "$unit" = active ] && [ "$hash" != "$baseline" ] && [ "$hash" != "$loaded_hash" ]
    fi
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
    read_notes || :
    case $BACKEND in
        CloudAuditSetup) setup_cloud_audit_setup ;;
        AuditRules) setup_audit_rules ;;
    esac
}

# Starts the node's own unit unless the kernel already audits by it or is locked.
setup_cloud_audit_setup() {
    if ! is_cos; then
        read_kernel || :
        give_up "not Container-Optimized OS: the node says ID=${os:-}"
    fi
    look || report_blindness
    [ "$unit" != absent ] || give_up "no unit $UNIT on this node"
    note_baseline || fail_to_note
    note wanted CloudAuditSetup || fail_to_note
    if audits_as_wanted; then report_and_exit Active 0; fi
    [ "$enabled" -ne 2 ] || report_lock
    # An active unit whose rules are gone must run again: starting it would do nothing.
    verb=start
    [ "$unit" != active ] || verb=restart
    on_host systemctl "$verb" "$UNIT"
    code=$?
    said=$(complaint)
    await_rules
    if audits_as_wanted && [ "$code" -eq 0 ]; then
        # What we had loaded before is gone.
        rm -f "$NOTES/loaded" "$NOTES/audit.rules"
        report_and_exit Active 0
    fi
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

# Loads the policy's rules, unless the kernel already holds exactly these or is locked. What the kernel lists is verified and noted
# before it is locked, so a load that went wrong can be tried again, and one that was interrupted is.
setup_audit_rules() {
    choose_file
    look || report_blindness
    prepare_rules
    note_baseline || fail_to_note
    note wanted "AuditRules $wanted $wanted_enabled" || fail_to_note
    recognize_rules
    if audits_as_wanted && { [ "$enabled" -eq 2 ] || { holds_settings && is_loaded_file; }; }; then report_rules; fi
    [ "$enabled" -ne 2 ] || report_lock
    # Its rules go, and it shall not stand there as if it had them.
    [ "$unit" != active ] || on_host systemctl stop "$UNIT" || :
    load_rules
    look || report_blindness
    [ "$rules" -eq "$asked" ] || fail "the kernel lists $rules rules after $asked were loaded"
    holds_settings || fail "the kernel has other settings than were loaded: backlog $backlog, rate $rate, failure $failure"
    note_loaded
    on_host auditctl -e "$wanted_enabled" || fail "auditctl -e $wanted_enabled: $(complaint)"
    look || report_blindness
    audits_as_wanted || fail 'the kernel does not audit by the rules that were loaded'
    report_rules
}

report_lock() {
    detail='the kernel is locked with other rules until its next boot'
    report_and_exit LockedOther 0
}

report_rules() {
    [ "$omitted" -eq 0 ] || detail="rules left out: $omitted; this node has no$missing"
    report_and_exit Active 0
}

# The policy's file for this node's processor.
choose_file() {
    machine=$(uname -m)
    case $machine in
        x86_64 | amd64) file=$RULES_DIR/audit.rules.amd64 ;;
        aarch64 | arm64) file=$RULES_DIR/audit.rules.arm64 ;;
        *)
            read_kernel || :
            give_up "no rules for a processor of the kind $machine"
            ;;
    esac
    [ -r "$file" ] || fail "no rules at $file"
}

# Makes of the file what this node can load: without the rules below a line `# requires DIRECTORY` whose directory the node lacks,
# which the kernel would refuse, and without the lock. The digest of what is wanted is of the whole file and without the lock,
# too: neither a directory that comes or goes nor a lock that is no longer asked for makes a locked kernel one with other rules.
prepare_rules() {
    asked=0 omitted=0 missing=' ' lock='' asked_backlog='' asked_wait='' asked_rate='' asked_failure=''
    directories=$(sed -n 's/^# requires //p' "$file" | sort -u)
    if [ -n "$directories" ]; then
        # shellcheck disable=SC2016,SC2086 # the host's shell expands; words
        on_host sh -c 'for directory; do [ -d "$directory" ] || printf "%s\n" "$directory"; done' sh $directories ||
            fail "cannot look for directories: $(complaint)"
        missing=" $(tr '\n' ' ' <"$scratch/out")"
    fi
    needs=met
    while IFS= read -r line; do
        case $line in
            '# requires '*)
                case $missing in *" ${line#'# requires '} "*) needs=missed ;; esac
                continue
                ;;
            '' | '#'*) continue ;;
            '-e '*) lock=${line#-e } && continue ;;
            '-b '*) asked_backlog=${line#-b } ;;
            '--backlog_wait_time '*) asked_wait=${line#--backlog_wait_time } ;;
            '-r '*) asked_rate=${line#-r } ;;
            '-f '*) asked_failure=${line#-f } ;;
        esac
        printf '%s\n' "$line" >&4
        case $line in
            '-a '* | '-w '*)
                if [ "$needs" = missed ]; then
                    needs=met omitted=$((omitted + 1))
                    continue
                fi
                asked=$((asked + 1))
                ;;
        esac
        printf '%s\n' "$line" >&3
    done <"$file" 3>"$scratch/rules" 4>"$scratch/wanted"
    case $lock in 1 | 2) ;; *) fail "$file does not say whether to lock" ;; esac
    wanted=$(sha256sum <"$scratch/wanted" | cut -c 1-64) wanted_enabled=$lock
    is_digest "$wanted" || fail 'sha256sum gives no digest'
    [ "$asked" -gt 0 ] || give_up "no rule can be loaded on this node, which has no$missing"
}

holds_settings() {
    [ "$backlog" = "$asked_backlog" ] && [ "$rate" = "$asked_rate" ] && [ "$failure" = "$asked_failure" ] &&
        { [ -z "$backlog_wait" ] || [ "$backlog_wait" = "$asked_wait" ]; }
}

# Whether what can be loaded now is what was loaded then.
is_loaded_file() {
    [ -f "$NOTES/audit.rules" ] && [ "$(sha256sum <"$NOTES/audit.rules")" = "$(sha256sum <"$scratch/rules")" ]
}

# A kernel without a note that lists what the file says its rules are listed as holds these rules, whoever loaded them.
recognize_rules() {
    [ -z "$loaded" ] && [ "$omitted" -eq 0 ] && holds_settings || return 0
    grep -q -x "# listed as $hash" "$file" || return 0
    note_loaded
}

# Loads what was prepared. auditctl stops at the first line that it or the kernel refuses; then what was loaded before is put back.
load_rules() {
    cat "$scratch/rules" >"$NOTES/audit.rules.new" || fail "cannot write the rules to $HOST_NOTES"
    if on_host auditctl -R "$HOST_NOTES/audit.rules.new"; then
        mv -f "$NOTES/audit.rules.new" "$NOTES/audit.rules" || fail "cannot write the rules to $HOST_NOTES"
        return
    fi
    said=$(refusal)
    [ ! -f "$NOTES/audit.rules" ] || on_host auditctl -R "$HOST_NOTES/audit.rules" || :
    look || report_blindness
    fail "auditctl -R: $said"
}

# Which line auditctl refused, and why.
refusal() {
    at=$(number "$(head -c 4096 "$scratch/err" | sed -n 's/.* line \([0-9][0-9]*\) of .*/\1/p' | tail -n 1)")
    line=''
    [ -z "$at" ] || line=$(sed -n "${at}p" "$scratch/rules")
    sed '/ error in line /d' "$scratch/err" >"$scratch/why" && mv -f "$scratch/why" "$scratch/err"
    plain "${line:+$line: }$(complaint)"
}

probe() {
    read_notes || :
    look || report_blindness
    report_as_it_is
}

# Takes back in place what can be taken back. A locked kernel stays as it is until its next boot.
sweep() {
    has_notes=no
    ! read_notes || has_notes=yes
    look || report_blindness
    if ! is_meant_boot; then
        detail="meant for boot $MEANT_BOOT; nothing was changed"
        report_as_it_is
    fi
    # On a boot on which none of our set-ups was, the rules are the node's own.
    if [ "$has_notes" = no ]; then
        detail='nothing of nodeaudit was loaded on this boot; its rules were left alone'
        remove_collector_state
        report_as_it_is
    fi
    # Rules of ours that stay in a locked kernel are wanted by nobody.
    note wanted "$BACKEND" || fail_to_note
    wanted='' ran=$unit
    # A locked kernel keeps its rules whatever becomes of the unit, which is not started at boot. Stopped, it would look as if
    # the rules were somebody else's when the policy comes back.
    if [ "$unit" != absent ] && [ "$enabled" -ne 2 ]; then
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
    if [ "$enabled" -ne 2 ]; then restore_settings; fi
    remove_collector_state
    # The baseline goes last and not from a kernel that still differs from it: whoever sweeps again needs it.
    if [ "$enabled" -ne 2 ] && { [ "$hash" = "$baseline" ] || [ -z "$baseline" ]; }; then rm -rf "$NOTES"; fi
    report_as_it_is
}

remove_collector_state() {
    on_host rm -rf "$COLLECTOR_STATE" || detail="cannot remove $COLLECTOR_STATE: $(complaint)"
}

# The rules that the node had by itself, where it has a unit that loads them, or auditd's tool for it.
restore_defaults() {
    if on_host systemctl show --property=LoadState --property=ActiveState audit-rules.service &&
        [ "$(out_property LoadState)" = loaded ]; then
        on_host systemctl restart audit-rules.service || detail="systemctl restart audit-rules.service: $(complaint)"
        return
    fi
    # Without rules at first there is nothing to bring back.
    [ -n "$baseline" ] && read_kernel && [ "$hash" != "$baseline" ] || return 0
    on_host augenrules --load
    case $? in
        0 | 126 | 127) ;;
        *) detail="augenrules --load: $(complaint)" ;;
    esac
}

# The kernel's settings as they were before us.
restore_settings() {
    read_note settings || return 0
    # shellcheck disable=SC2086 # words
    set -- $noted
    [ "$#" -eq 5 ] || return 0
    restore_setting -b "$backlog" "$2"
    restore_setting --backlog_wait_time "${backlog_wait:--}" "$3"
    restore_setting -r "$rate" "$4"
    restore_setting -f "$failure" "$5"
    case $1 in 0 | 1) restore_setting -e "$enabled" "$1" ;; esac
    read_kernel || report_blindness
}

restore_setting() { # option value-now value-then
    [ "$2" != "$3" ] || return 0
    [ -n "$(number "$3")" ] || return 0
    on_host auditctl "$1" "$3" || detail="auditctl $1 $3: $(complaint)"
}

# Names what the unit does besides rules and no stopping undoes: LOG rules of the packet filter, IMA's policy.
note_what_stays() {
    [ "$1" = active ] || [ -z "$baseline" ] || { [ "$enabled" -eq 2 ] && [ -z "$loaded" ]; } || return 0
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
    read_notes || :
    ! look || seen=yes
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
case $BACKEND in
    CloudAuditSetup | AuditRules) ;;
    *) refuse 'NODEAUDIT_BACKEND is none of CloudAuditSetup, AuditRules' ;;
esac
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
