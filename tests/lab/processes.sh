# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The lab's processes: a line each in $dir/lab/processes, "NAME PID START". The start time is what
# tells a process from a later one that was given its number. Each also bears the lab's folder in
# its environment, so that it is found when the record was lost.

# When it was started, in ticks since boot (proc(5), field 22); empty when there is none. A name may
# hold blanks and brackets: fields are counted behind the last ")".
start_time()
{
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

is_alive()
{
    [ -n "$2" ] && [ "$(start_time "$1")" = "$2" ]
}

# start NAME PROGRAM ARGUMENT…: in a session of its own, without our descriptors, its words in
# log/NAME.log. Sets $started_pid.
start()
{
    started_name=$1
    shift
    VDI_LAB=$dir setsid "$@" </dev/null >>"$dir/lab/log/$started_name.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    started_pid=$!
    printf '%s %s %s\n' "$started_name" "$started_pid" "$(start_time "$started_pid")" \
        >>"$dir/lab/processes"
}

# The record again, from the processes of ours that bear this folder.
find_lost()
{
    for environment in $(grep -lzxF "VDI_LAB=$dir" /proc/[0-9]*/environ 2>/dev/null); do
        pid=${environment#/proc/}
        pid=${pid%/environ}
        printf 'lost %s %s\n' "$pid" "$(start_time "$pid")"
    done
}

started()
{
    awk -v name="$1" '$1 == name { line = $0 } END { print line }' "$dir/lab/processes"
}

runs()
{
    set -- $(started "$1")
    is_alive "${2-0}" "${3-}"
}

# The file that NAME writes when it is ready. 10 seconds, in case the machine is busy.
wait_for_file()
{
    tries=500
    until [ -s "$2" ]; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! runs "$1"; then
            tail -n 5 "$dir/lab/log/$1.log" >&2
            die 69 "$1 did not start"
        fi
        sleep 0.02
    done
}

# True when any of them is alive.
lab_runs()
{
    [ -e "$dir/lab/processes" ] || return 1
    while read -r name pid begun; do
        is_alive "$pid" "$begun" && return 0
    done <"$dir/lab/processes"
    return 1
}

signal_all()
{
    while read -r name pid begun; do
        if is_alive "$pid" "$begun"; then
            kill "-$1" "$pid" 2>/dev/null || true # it may have ended just now
        fi
    done <"$dir/lab/processes"
    return 0
}

# Everyone is told before anyone is waited for.
end_processes()
{
    find_lost >>"$dir/lab/processes"
    signal_all TERM
    tries=100
    while lab_runs; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { signal_all KILL; tries=100; }
        sleep 0.02
    done
    remove_stale_displays
}

# An X server that was killed leaves its lock and its socket; they name its process.
remove_stale_displays()
{
    while read -r name pid begun; do
        for lock in /tmp/.X*-lock; do
            [ -f "$lock" ] && [ -O "$lock" ] && [ "$(tr -d ' \n' <"$lock")" = "$pid" ] || continue
            number=${lock#/tmp/.X}
            rm -f "$lock" "/tmp/.X11-unix/X${number%-lock}"
        done
    done <"$dir/lab/processes"
}
