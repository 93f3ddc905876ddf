#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mount.t with a later kernel.

guest_suite=forky
. "$(dirname "$0")/mount.t"
