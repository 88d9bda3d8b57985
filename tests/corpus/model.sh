#!/bin/sh
# model.sh PROGRAM FLATTEN FOLDER ID: what the program says of FOLDER/ID.yaml, into FOLDER/ID.record.
# A command that computes longer than 20 seconds is recorded as such; a refusal by its exit code and its first line.
set -eu
program=$1 flatten=$2 folder=$3 id=$4
cd "$folder"
times='[0, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]'

# Exit code of one command; its document and its complaint are in files.
say() {
    command=$1
    shift
    code=0
    (
        # shellcheck disable=SC3045 # the shells of Debian have it
        ulimit -t 20
        exec "$program" "$command" "$id.yaml" --json --quiet --threads 1 "$@" >"$id.json" 2>"$id.stderr"
    ) 2>/dev/null || code=$?
    case $code in
    137 | 152) echo "$id $command.exit time limit" ;;
    0) echo "$id $command.exit 0" ;;
    *)
        echo "$id $command.exit $code"
        sed -n "1{s/^lsaflow: //;s/^[^ ]*\.yaml:[0-9]*:[0-9]*: //;s/^/$id $command.error /p;}" "$id.stderr"
        ;;
    esac
    if [ "$code" -ne 137 ] && [ "$code" -ne 152 ] && [ -s "$id.json" ]; then
        "$flatten" "$id" "$command" <"$id.json"
    fi
}

{
    say eval
    say run --set "flow.output.times=$times"
    say predict
    say verify
} >"$id.record"
rm -f "$id.json" "$id.stderr"
