# The front door.  `make demo` and `make test` set up what is missing.
#
#   make              build libiakerb, localkdc and cifs.upcall
#   make demo         a login without NTLM, from start to end
#   make test         the whole suite; TESTS=name runs one group
#   make selftest     Samba's own tests of logins, without and with the series
#   make bench        what logins cost, for docs/performance.md; ROUNDS=n
#   make install      them; honours DESTDIR and PREFIX
#   make clean        remove what was built in this folder
#   make distclean    and the cache of built things that all clones share

# libiakerb first: the next ones use it.
PARTS = libiakerb localkdc cifs-upcall
export PREFIX ?= /usr/local
STAGE = $(CURDIR)/build/stage
CACHE = $(or $(IAKERB_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/iakerb)

all: stage
	bootstrap/run $(MAKE) build-parts

install: stage
	bootstrap/run $(MAKE) install-parts

# With krb5 in the environment.
build-parts install-parts:
	set -e; for part in $(PARTS); do \
		$(MAKE) -C $$part $(if $(filter install%,$@),install,all); \
	done

# Where they find each other, and Samba and the tests find them.
stage:
	@bootstrap/run $(MAKE) --no-print-directory -s WERROR=-Werror \
		DESTDIR= PREFIX=$(STAGE) install-parts

demo: stage
	@bootstrap/run --samba testsuite/demo

test: stage
	@bootstrap/deps testsuite/packages
	@bootstrap/run --samba testsuite/run $(TESTS)

selftest: stage
	@testsuite/selftest $(TESTS)

bench: stage
	@bootstrap/deps testsuite/bench/packages
	@bootstrap/run --samba testsuite/bench/bench $(ROUNDS)

clean:
	rm -rf build

distclean: clean
	[ ! -e '$(CACHE)' ] || [ -d '$(CACHE)/log' ]
	rm -rf '$(CACHE)'

.PHONY: all install build-parts install-parts stage demo test selftest bench \
	clean distclean
