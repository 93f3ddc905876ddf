# SPDX-License-Identifier: LGPL-3.0-or-later
#
# For the parts that use common/: $(COMMON) is the library, built with the
# part's own compiler and flags below its $(B).  Included where $(B) is set.

# Where a part puts its own objects beside common's, it adds them (ar q): both
# may have one of the same name.

.DEFAULT_GOAL := all
COMMON = $(B)/common/libcommon.a

# Always asked, and new only where something in it is.
$(COMMON): common
	@:

common:
	@$(MAKE) --no-print-directory -s -C ../common \
		B=$(abspath $(B))/common CC='$(CC)' CFLAGS='$(CFLAGS)' \
		CPPFLAGS='$(CPPFLAGS)' WERROR='$(WERROR)'

.PHONY: common
