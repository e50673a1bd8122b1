# SPDX-License-Identifier: BSD-2-Clause
# bench.mk - measurements, and the pictures of docs/ that are drawn from them.

BENCH_RUNS     ?= 20
BENCH_MACHINES ?= q35,microvm
bench_json     := $(build)/bench/boot-time.json
bench_ladder   := $(build)/bench/ladder.json
bench_memory   := $(build)/bench/memory.json
bench_figures  := docs/boot-time.svg docs/ladder.svg docs/memory.svg

## bench: every stage of a boot on every path, table, JSON and SVG in
##       build/bench; BENCH_RUNS=20 BENCH_MACHINES=q35,microvm
.PHONY: bench
bench: $(rom) beeline | $(build)/bench/
	$(Q)tools/deps boot
	$(Q)tools/kernel
	$(Q)rm -f $(bench_json:.json=.svg)
	$(Q)# SeaBIOS never gets a vmlinux up on microvm: the others count
	$(Q)bench/boot-time --runs $(BENCH_RUNS) --machines $(BENCH_MACHINES) \
		--json $(bench_json) --plot $(bench_json:.json=.svg) || \
		{ [ $$? = 1 ] && [ -s $(bench_json:.json=.svg) ]; }

## bench-figures: draws the pictures of docs/ anew, from what bench measured
##       (or measures first; memory is measured each time)
.PHONY: bench-figures
bench-figures: $(bench_figures)

.PRECIOUS: $(bench_json)
$(bench_json):
	$(Q)$(MAKE) --no-print-directory bench

.PRECIOUS: $(bench_ladder)
$(bench_ladder): | $(rom) beeline $(build)/bench/
	$(Q)tools/deps boot
	$(Q)tools/kernel
	$(Q)bench/ladder --runs $(BENCH_RUNS) --json $@

docs/memory.svg: FORCE | $(rom) beeline $(build)/bench/
	$(Q)tools/deps boot
	$(Q)tools/kernel
	$(Q)bench/memory --paths none,fw,qboot,seabios --json $(bench_memory) \
		--plot $@

docs/ladder.svg: $(bench_ladder) FORCE
	$(call say,PLOT,$@)
	$(Q)bench/ladder --from $< --plot $@ > /dev/null

docs/boot-time.svg: $(bench_json) FORCE
	$(call say,PLOT,$@)
	$(Q)bench/plot.py $< $@
