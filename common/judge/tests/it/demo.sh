#!/bin/sh
# Stands for a demo: prints its first argument, in which \n ends a line, its third on the other output, and WHO, if they
# are there. Ends with its second argument as exit code.
printf '%b\n' "$1"
[ -n "$3" ] && echo "$3" >&2
[ -n "$WHO" ] && echo "$WHO"
exit "${2:-0}"
