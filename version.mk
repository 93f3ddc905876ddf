# SPDX-License-Identifier: LGPL-3.0-or-later
# The version of all parts.  The number of libiakerb's ABI is beside its rules.

VERSION = 0.2.0
