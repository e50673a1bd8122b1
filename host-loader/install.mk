# SPDX-License-Identifier: BSD-2-Clause
# install.mk - puts what was built where users and their compilers look.
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
INSTALL    ?= install

# the interface's number: it rises with a change that breaks programs
so_version := 0
man_pages  := $(wildcard docs/man/*.[0-9])
installed  := $(BINDIR)/beeline $(INCLUDEDIR)/beeline.h $(LIBDIR)/libbeeline.a \
	$(LIBDIR)/libbeeline.so $(LIBDIR)/libbeeline.so.$(so_version) \
	$(LIBDIR)/pkgconfig/beeline.pc $(DATADIR)/beeline/fw.bin \
	$(foreach m,$(man_pages),$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))

# pkg-config wants a version that begins with a number
pc_version := $(if $(filter 0 1 2 3 4 5 6 7 8 9,$(shell printf %.1s '$(VERSION:v%=%)')),$(VERSION:v%=%),0)

$(build)/beeline.pc: FORCE | $(build)/
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' \
		'includedir=$(INCLUDEDIR)' '' 'Name: beeline' \
		'Description: plans, places and checks VM boots without firmware' \
		'Version: $(pc_version)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -lbeeline' \
		'Libs.private: $(host_codecs)' > $@

# where the program looks last for fw.bin; first beside itself, then in
# ../share/beeline
$(host_out)/host-loader/run/run_firmware.c.o: host_flags += \
	-DBEELINE_DATADIR='"$(DATADIR)/beeline"'

# a path, for the shell: DESTDIR may have a space in it
to = '$(DESTDIR)$(1)'

## install: beeline, libbeeline, its header, fw.bin and man pages; PREFIX=
##          (/usr/local), DESTDIR=, BINDIR= LIBDIR= INCLUDEDIR= DATADIR= MANDIR=
.PHONY: install uninstall
install: beeline firmware $(build)/beeline.pc
	$(Q)$(INSTALL) -D -m 755 $(build)/beeline $(call to,$(BINDIR)/beeline)
	$(Q)$(INSTALL) -D -m 644 host-loader/beeline.h \
		$(call to,$(INCLUDEDIR)/beeline.h)
	$(Q)$(INSTALL) -D -m 644 $(build)/libbeeline.a \
		$(call to,$(LIBDIR)/libbeeline.a)
	$(Q)$(INSTALL) -D -m 755 $(build)/libbeeline.so \
		$(call to,$(LIBDIR)/libbeeline.so.$(so_version))
	$(Q)ln -sf libbeeline.so.$(so_version) $(call to,$(LIBDIR)/libbeeline.so)
	$(Q)$(INSTALL) -D -m 644 $(build)/beeline.pc \
		$(call to,$(LIBDIR)/pkgconfig/beeline.pc)
	$(Q)$(INSTALL) -D -m 644 $(build)/fw.bin \
		$(call to,$(DATADIR)/beeline/fw.bin)
	$(Q)set -e; for m in $(man_pages); do $(INSTALL) -D -m 644 $$m \
		$(call to,$(MANDIR))/man$${m##*.}/$${m##*/}; done

## uninstall: removes what install has put there
uninstall:
	$(Q)rm -f $(foreach f,$(installed),$(call to,$(f)))
	$(Q)rmdir $(call to,$(DATADIR)/beeline) 2>/dev/null || true
