#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints a jar's lot number: label.sh APIARY NUMBER
set -eu

lot_number() {
        printf '%s-%s-%02d\n' "$(date +%Y)" "$1" "$2"
}

lot_number "$(echo "$1" | tr '[:lower:]' '[:upper:]')" "$2"
