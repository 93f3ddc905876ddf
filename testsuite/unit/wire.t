#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testsuite/wire: what it makes of captures, by which other tests judge.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"

capture=$(mktemp)
trap 'rm -f "$capture"' EXIT

# packets ISN PART...: a capture of a client that connects and sends two
# messages of SMB2, cut into pieces: each PART is "from:to", in bytes.
packets()
{
    perl -e '
        use strict;
        use warnings;

        my ($isn, @parts) = @ARGV;
        my $sent = join "", map {
            pack("N/a*", pack("a4 x8 v x50", "\xfeSMB", $_)) } 0, 1;
        sub frame {
            my ($sequence, $flags, $data) = @_;
            my $tcp = pack("n n N N C C n n n", 40000, 445,
                $sequence & 0xffffffff, 0, 5 << 4, $flags, 0, 0, 0) . $data;
            my $ip = pack("C x n x5 C x2 N N", 0x45, 20 + length $tcp, 6,
                1, 2) . $tcp;
            my $frame = pack("x12 n", 0x0800) . $ip;
            print pack("V4", 1, 0, (length $frame) x 2), $frame;
        }
        print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
        frame($isn, 2, "");
        for (@parts) {
            my ($from, $to) = split /:/;
            frame($isn + 1 + $from, 16, substr $sent, $from, $to - $from);
        }' "$@" >"$capture"
}

# seen ISN PART...: what wire shows of it, a word for each message.
seen()
{
    packets "$@"
    "$testsuite/wire" "$capture" 2>&1 | sed 's/ bytes=.*//; s/^client //' |
        paste -sd ' '
}

both="NEGOTIATE SESSION_SETUP"
is "two messages" "$(seen 7 0:68 68:136)" "$both"
is "in pieces" "$(seen 7 0:3 3:70 70:136)" "$both"
is "in one" "$(seen 7 0:136)" "$both"
is "a piece that is sent twice" "$(seen 7 0:68 0:68 68:136)" "$both"
is "and later" "$(seen 7 0:68 68:100 0:68 100:136)" "$both"
is "numbers that start again" "$(seen 4294967290 0:68 0:68 68:136)" "$both"
is "which they do at once" "$(seen 4294967295 0:68 0:68 68:136)" "$both"
like "a piece that is missing" "$(seen 7 0:60 68:136)" \
    "^$capture: a packet is missing$"
like "the first piece is missing" "$(seen 7 68:136)" \
    "^$capture: a packet is missing$"
packets 7 0:68
truncate -s -1 "$capture"
like "a capture that is cut off" "$("$testsuite/wire" "$capture" 2>&1)" \
    "^$capture: it is cut off$"

done_testing
