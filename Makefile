# The front door.  `make demo` and `make test` set up what is missing.
#
#   make              build libiakerb, localkdc and cifs.upcall
#   make demo         a login without NTLM, from start to end; SAMBA=4.24 with
#                     that series of Samba, as all that needs one
#   make test         the whole suite; TESTS=name runs one group
#   make lint         what is wrong without being run: scripts, pages, includes
#   make packages     Debian packages of krb5 and of all of it but Samba, and an
#                     apt repository of them in build/packages
#   make selftest     Samba's own tests of logins, without and with the series
#   make bench        what logins cost, for docs/performance.md; ROUNDS=n
#   make install      them; honours DESTDIR and PREFIX
#   make clean        remove what was built in this folder
#   make distclean    and the cache of built things that all clones share

# libiakerb first: the next ones use it.
PARTS = libiakerb kdc-modules localkdc cifs-upcall
export PREFIX ?= /usr/local
STAGE = $(CURDIR)/build/stage
CACHE = $(shell bootstrap/place)
# What bootstrap makes there.
CACHED = apt build ccache kernel krb5 lint log packages samba source unpacked *.lock

# make -n too does what has $(MAKE) in it.
RUN = $(if $(findstring n,$(firstword -$(MAKEFLAGS))),: )bootstrap/run

all: stage
	$(RUN) $(MAKE) build-parts

install: stage
	$(RUN) $(MAKE) DESTDIR=$(abspath $(DESTDIR)) install-parts

# With krb5 in the environment.
build-parts install-parts:
	set -e; for part in $(PARTS); do \
		$(MAKE) -C $$part $(if $(filter install%,$@),install,all); \
	done

# Where they find each other, and Samba and the tests find them: always in the
# same places, wherever they will be installed.
stage:
	@$(RUN) $(MAKE) --no-print-directory -s WERROR=-Werror \
		DESTDIR= PREFIX=$(STAGE) BINDIR=$(STAGE)/bin \
		SBINDIR=$(STAGE)/sbin LIBDIR=$(STAGE)/lib \
		INCLUDEDIR=$(STAGE)/include MANDIR=$(STAGE)/share/man \
		MODULEDIR=$(STAGE)/lib/localkdc \
		COMPLETIONDIR=$(STAGE)/share/bash-completion/completions \
		UNITDIR=$(STAGE)/lib/systemd/system \
		SYSUSERSDIR=$(STAGE)/lib/sysusers.d SYSCONFDIR=/etc \
		LOCALSTATEDIR=/var RUNSTATEDIR=/run install-parts

demo: stage
	@bootstrap/run --samba testsuite/demo

test: stage
	@bootstrap/deps testsuite/run.packages packaging/packages
	@[ -n "$(TESTS)$(SAMBA)" ] || SAMBA=4.24 bootstrap/run --samba true || :
	@bootstrap/run --samba testsuite/run $(TESTS)

lint: stage
	@bootstrap/deps testsuite/run.packages
	@bootstrap/run testsuite/run lint

packages:
	@bootstrap/deps packaging/packages
	@packaging/build $(SUITE)

selftest: stage
	@testsuite/selftest $(TESTS)

bench: stage
	@bootstrap/deps testsuite/bench/packages
	@bootstrap/run --samba testsuite/bench/bench $(ROUNDS)

clean:
	rm -rf build

distclean: clean
	[ ! -d '$(CACHE)/log' ] || { cd '$(CACHE)' && rm -rf $(CACHED) && \
		rmdir --ignore-fail-on-non-empty "$$PWD"; }

.PHONY: all install build-parts install-parts stage demo test lint packages \
	selftest bench clean distclean
