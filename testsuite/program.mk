# SPDX-License-Identifier: LGPL-3.0-or-later
#
# What the Makefiles of the tests' programs share; included at their end.
# $(NEEDS) are pkg-config's names.  $(B)/settings changes with how programs are
# compiled and linked, and with libiakerb's header.

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
NEEDS_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(NEEDS))
NEEDS_LIBS := $(shell $(PKG_CONFIG) --libs $(NEEDS))
HEADER := $(shell $(PKG_CONFIG) --variable=includedir libiakerb)/iakerb.h

COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow \
	-Wmissing-prototypes -Werror \
	$(NEEDS_CFLAGS) $(CPPFLAGS) $(CFLAGS)
LINK = $(LDFLAGS) $(NEEDS_LIBS)
settings := $(COMPILE) $(LINK) $(shell cksum <$(HEADER))

$(B)/settings: force
	@mkdir -p $(B)
	@echo '$(settings)' | cmp -s - $@ || echo '$(settings)' >$@

clean:
	rm -rf $(B)

force:
.PHONY: clean force
