# SPDX-License-Identifier: GPL-2.0
#
# Plexus: kernel module, library, command line tool, tests. "make help" says what there is.
#
# Everything is built under build/; the source folders stay clean, so that one checkout serves
# several kernels at once.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
BUILD := $(CURDIR)/build
# The name of the kernel in KDIR, which is not always KVER.
KREL := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODDIR := $(BUILD)/module/$(KREL)
LINUX := $(BUILD)/linux
KSELFTEST := $(LINUX)/tools/testing/selftests

ifneq ($(V),1)
Q := @
MAKEFLAGS += --no-print-directory
endif

.PHONY: all module test-modules bench-module user install selftests deps vm demo shell test bench stress torture torture-program unit lint clean help
.DEFAULT_GOAL := all

all: module user

# Kbuild writes beside the sources; so it gets a folder of links to them.
#   $(call link_sources,FROM,TO)
define link_sources
	$(Q)mkdir -p $(2)
	$(Q)find $(2) -xtype l -delete
	$(Q)cd $(1) && find . -type d -exec mkdir -p $(2)/{} \;
	$(Q)cd $(1) && find . \( -name '*.[chS]' -o -name 'Kbuild*' -o -name Makefile -o -name Kconfig \) \
		! -name '*.mod.c' -exec sh -c 'for f; do \
			[ $(2)/$$f -ef $$f ] || ln -sf $(1)/$$f $(2)/$$f; done' sh {} +
endef

define need_headers
	$(Q)test -n "$(KREL)" || { \
		echo "There are no kernel headers in $(KDIR): install linux-headers for it, or say KDIR=..." >&2; \
		exit 1; }
endef

module:
	$(need_headers)
	$(call link_sources,$(CURDIR)/kernel,$(MODDIR)/kernel)
	$(Q)ln -sfn $(CURDIR)/include $(MODDIR)/include
	$(Q)$(MAKE) -C $(KDIR) M=$(MODDIR)/kernel $(if $(W),W=$(W)) modules

# Modules that only the tests load.
test-modules: module
ifneq ($(wildcard selftests/modules/Kbuild),)
	$(call link_sources,$(CURDIR)/selftests/modules,$(MODDIR)/selftests/modules)
	$(Q)$(MAKE) -C $(KDIR) M=$(MODDIR)/selftests/modules \
		KBUILD_EXTRA_SYMBOLS=$(MODDIR)/kernel/Module.symvers modules
endif

# The load generator of the benchmarks.
bench-module:
	$(need_headers)
	$(call link_sources,$(CURDIR)/selftests/bench,$(MODDIR)/selftests/bench)
	$(Q)$(MAKE) -C $(KDIR) M=$(MODDIR)/selftests/bench modules

user:
	$(Q)$(MAKE) -C user O=$(BUILD)/user

# Kbuild leaves depmod out where the headers come without a System.map. Below DESTDIR it is the
# business of whoever puts the files into their place. Nor do headers come with a key to sign with.
install: all
	$(Q)$(MAKE) -C $(KDIR) M=$(MODDIR)/kernel INSTALL_MOD_DIR=updates \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(abspath $(DESTDIR))) \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=) modules_install
	$(Q)[ -n "$(DESTDIR)" ] || depmod $(KREL)
	$(Q)$(MAKE) -C user O=$(BUILD)/user $(if $(DESTDIR),DESTDIR=$(abspath $(DESTDIR))) install

# The kernel's own test harness and style checker, from Debian's kernel source package.
$(LINUX)/.unpacked: | deps
	$(Q)mkdir -p $(LINUX)
	$(Q)tar -C $(LINUX) --strip-components=1 --wildcards -xJf /usr/src/linux-source-6.1.tar.xz \
		'*/tools/testing/selftests/lib.mk' '*/tools/testing/selftests/kselftest*' \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	$(Q)touch $@

selftests: $(LINUX)/.unpacked
	$(Q)mkdir -p $(BUILD)/selftests
	$(Q)$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests KSELFTEST=$(KSELFTEST)

# The packages that all of the below needs, where they are missing.
deps:
	$(Q)selftests/vm/deps.sh

# What the test machine needs: packages, everything built for its kernel, its images.
vm:
	$(Q)selftests/vm/build.sh

demo:
	$(Q)selftests/demo/demo.sh

shell: vm
	$(Q)selftests/vm/console.sh

test:
	$(Q)selftests/vm/test.sh $(TESTS)

bench: deps
	$(Q)$(MAKE) KDIR=/lib/modules/$$(bash -c ". selftests/vm/common.sh; vm_kver")/build bench-module
	$(Q)selftests/vm/build.sh
	$(Q)selftests/vm/run.sh --mem 2G --timeout 900 selftests/bench/vm.sh

# SECONDS and SEED say how long, and which of the random orders.
STRESS_SECONDS ?= 600
STRESS_SEED ?= 1
stress:
	$(Q)selftests/vm/build.sh
	$(Q)selftests/vm/run.sh --mem 2560M --timeout $$(($(STRESS_SECONDS) * 2 + 600)) \
		selftests/stress/mirror.sh $(STRESS_SECONDS) $(STRESS_SEED)

# Power cuts under mirrors, or with VOLUME=parity under parity, on a kernel that may crash: the running one, or what RUN starts.
CUTS ?= 200
SEED ?= 1
OUT ?= /tmp/torture
torture-program: user
	$(Q)$(MAKE) -C selftests/torture O=$(BUILD)/torture LIB=$(BUILD)/user

# A script of its own, since RUN may not hand on the environment.
torture: module test-modules torture-program
	$(Q)printf '#!/bin/sh\nexec env CUTS=%s SEED=%s VOLUME=%s OUT=%s PLEXUS_MODULE=%s CRASHDISK_MODULE=%s %s\n' \
		'$(CUTS)' '$(SEED)' '$(VOLUME)' '$(OUT)' $(MODDIR)/kernel/plexus.ko \
		$(MODDIR)/selftests/modules/crashdisk.ko $(CURDIR)/selftests/torture/cuts.sh \
		>$(BUILD)/torture/run.sh
	$(Q)chmod +x $(BUILD)/torture/run.sh
	$(Q)$(RUN) $(BUILD)/torture/run.sh

unit:
	$(Q)$(MAKE) -C selftests/unit run
	$(Q)$(MAKE) -C user O=$(BUILD)/user check

lint: $(LINUX)/.unpacked
	$(Q)LINUX=$(LINUX) selftests/lint/lint.sh

clean:
	$(Q)rm -rf $(BUILD)

help:
	@echo "On a machine whose kernel takes modules:"
	@echo "  make [KDIR=...]       module, library and tool, for the running kernel or the one in KDIR"
	@echo "  make install          install them (DESTDIR=/stage, PREFIX=/usr/local)"
	@echo "In a virtual machine, on any Debian 12 (installs the packages that it needs):"
	@echo "  make demo             the story of a mirror and a volume with parity that outlive their disks"
	@echo "  make shell            a prompt in a machine with plexus and four blank disks"
	@echo "  make test             unit tests here, then the selftests there; TESTS='test_a.sh ...' for some"
	@echo "                        LONG=1: those too that take minutes each"
	@echo "  make bench            a mirror beside md raid1, on ram disks; a figure below 1.0 is a failure"
	@echo "  make stress           file systems on mirrors while disks fail and plexes come and go"
	@echo "                        (STRESS_SECONDS=600 STRESS_SEED=1)"
	@echo "On a kernel that may crash:"
	@echo "  make torture          cuts the power under mirrors or parity (CUTS=200 SEED=1 VOLUME=parity), see"
	@echo "                        Documentation/reliability.rst"
	@echo "For developers:"
	@echo "  make unit             the unit tests alone"
	@echo "  make lint             checkpatch, sparse, warnings, shellcheck, format, layers, licences"
	@echo "  make vm               all that the virtual machine needs, without starting it"
	@echo "  make clean            remove build/"
	@echo "V=1 shows the commands."
