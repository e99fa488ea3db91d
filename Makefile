# tally: `make` builds it, `make check` tests it, `make demo` shows it, `make help` lists the rest.

VERSION := 0.1.0
PREFIX ?= /usr/local
CC = gcc
CLANG ?= clang-14
B ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla
ifneq ($(filter true 1,$(CI) $(WERROR)),)
WARN += -Werror
endif
BASE := -std=c11 -D_GNU_SOURCE -I. $(WARN) -g -MMD -MP -pthread -DTALLY_VERSION='"$(VERSION)"'
HARD := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
SAN  := -O1 -DTALLY_STRICT -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDHARD := -pie -Wl,-z,relro,-z,now
LIBS = -lsodium -lnng -llmdb -ljansson -lconfuse -lcsv $(shell pkg-config --libs msgpack 2>/dev/null || echo -lmsgpackc) -lpthread

# V=1 shows the commands.
Q = $(if $V,,@echo "  $(@:$B/%=%)";)

ROOMS := keys proto store node
SRC := $(sort $(foreach r,$(ROOMS),$(wildcard $r/*.c)))
LIB := $(filter-out node/main.c,$(SRC))
HELPERS := $(filter-out tests/unit/test_%.c,$(wildcard tests/unit/*.c)) $(wildcard tests/world/*.c)
UNIT := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
BENCH := $(patsubst tests/bench/%.c,%,$(sort $(wildcard tests/bench/*.c)))
KILL := $(patsubst tests/kill/drive_%.c,%,$(sort $(wildcard tests/kill/drive_*.c)))
HOSTILE := $(patsubst tests/hostile/%.c,%,$(sort $(wildcard tests/hostile/*.c)))
KILLHELP := $(filter-out tests/kill/drive_%.c,$(wildcard tests/kill/*.c))

OBJ := $(SRC:%.c=$B/obj/%.o)
SANLIB := $(LIB:%.c=$B/san/obj/%.o)
TESTS := $(UNIT:%=$B/san/%) $(FUZZ:%=$B/san/%) $(KILL:%=$B/kill/%) $(HOSTILE:%=$B/hostile/%)

.PHONY: all help analyze tsan check check-source check-docs check-interop unit fuzz-check cli kill hostile soak fuzz bench docs vectors corpus demo deps deps-test install clean tests
.SECONDARY:
.DELETE_ON_ERROR:

all: $B/tally ## build the program, build/tally

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1	\2/p' Makefile | expand -t 16

# ---- the program ----
$B/tally: $(OBJ)
	$Q$(CC) $(HARD) $(LDHARD) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$Q$(CC) $(BASE) $(HARD) $(CFLAGS) -c -o $@ $<

# ---- the program as one file that needs no other: what a supplier without a node is handed ----
# libnng's archive wants mbedtls beside it. --no-warnings: glibc warns that names are looked up by its shared parts; so where these are missing or of
# another version, addresses are given in numbers.
STATICLIBS = $(LIBS) -lmbedtls -lmbedx509 -lmbedcrypto
.PHONY: static
static: $B/tally-static ## the program as one file that needs no library, build/tally-static
	@ls -l $< | awk '{ print "  " $$NF ": " $$5 " bytes" }'

$B/tally-static: $(OBJ)
	$Q$(CC) $(HARD) -static-pie -Wl,-z,relro,-z,now,--no-warnings,--gc-sections,-s $(LDFLAGS) -o $@ $^ $(STATICLIBS)

# ---- the same with the address and undefined-behaviour sanitizers, for the tests ----
$B/san/tally: $B/san/obj/node/main.o $B/san/libtally.a
	$Q$(CC) $(SAN) -o $@ $^ $(LIBS)

$B/san/libtally.a: $(SANLIB)
	@rm -f $@
	$Q$(AR) rcs $@ $^

$B/san/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$Q$(CC) $(BASE) $(SAN) -c -o $@ $<

$B/san/test_%: $B/san/obj/tests/unit/test_%.o $(HELPERS:%.c=$B/san/obj/%.o) $B/san/libtally.a
	$Q$(CC) $(SAN) -o $@ $^ -lcmocka $(LIBS)

# A target may stand on the unit tests' helpers.
$B/san/fuzz_%: $B/san/obj/tests/fuzz/fuzz_%.o $B/san/obj/tests/fuzz/driver.o $(HELPERS:%.c=$B/san/obj/%.o) $B/san/libtally.a
	$Q$(CC) $(SAN) -o $@ $^ -lcmocka $(LIBS)

GEN := gendocs newstore corpus vectors dictionary
$B/san/vectors: $(patsubst %.c,$B/san/obj/%.o,$(wildcard tests/gen/vectors_*.c))
$(GEN:%=$B/san/%): $B/san/%: $B/san/obj/tests/gen/%.o $B/san/libtally.a
	$Q$(CC) $(SAN) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LIBS)

$B/bench/%: $B/obj/tests/bench/%.o $B/obj/tests/world/node.o $(filter-out $B/obj/node/main.o,$(OBJ))
	@mkdir -p $(@D)
	$Q$(CC) $(HARD) $(LDHARD) -o $@ $^ $(LIBS)

# Drivers that kill and damage real nodes: plain, for speed.
$B/kill/%: $B/obj/tests/kill/drive_%.o $(KILLHELP:%.c=$B/obj/%.o) $(filter-out $B/obj/node/main.o,$(OBJ))
	@mkdir -p $(@D)
	$Q$(CC) $(HARD) $(LDHARD) -o $@ $^ $(LIBS)

# Strangers: they know nothing of the program.
$B/hostile/%: $B/obj/tests/hostile/%.o
	@mkdir -p $(@D)
	$Q$(CC) $(HARD) $(LDHARD) -o $@ $^

tests: $(TESTS) ## build the tests without running them

# ---- tests ----
check: deps-test ## everything: lints, unit tests, fuzz corpora, scenarios with real nodes
	@$(MAKE) --no-print-directory -j$(JOBS) all $B/tally-static $B/sim $B/san/tally $(GEN:%=$B/san/%) tests
	@BUILD=$B JOBS=$(JOBS) tests/run

check-source: ## the lints; compiles nothing
	@BUILD=$B tests/run check

unit: $(addprefix $B/san/,$(or $(ONLY),$(UNIT))) ## the unit tests; ONLY=test_pack for one
	@BUILD=$B JOBS=$(JOBS) tests/run unit $(ONLY)

fuzz-check: $(addprefix $B/san/,$(or $(ONLY),$(FUZZ))) ## every fuzz target over its corpus and some thousand mutations
	@BUILD=$B JOBS=$(JOBS) tests/run fuzz $(ONLY)

cli: all $B/tally-static $B/san/tally $B/san/newstore ## the scenarios with real nodes; ONLY=spine for one
	@BUILD=$B JOBS=$(JOBS) tests/run cli $(ONLY)

check-interop: $B/san/tally ## a client in Python, written from docs/protocol.md alone, against running nodes; ONLY=test_pairing for one
	@BUILD=$B JOBS=$(JOBS) tests/run interop $(ONLY)

kill: all $B/san/tally $(KILL:%=$B/kill/%) ## real nodes killed and their stores damaged; ONLY=sigkill for one
	@BUILD=$B JOBS=$(JOBS) tests/run kill $(ONLY)

hostile: all $B/san/tally $(HOSTILE:%=$B/hostile/%) ## strangers against a running node; SCALE=10 for ten times as many
	@BUILD=$B JOBS=$(JOBS) tests/run hostile $(ONLY)

soak: all $B/sim $B/san/tally $(TESTS) ## the long runs, whose figures go into docs/reliability.md; ONLY=sigkill for one
	@BUILD=$B tests/soak $(ONLY); rc=$$?; BUILD=$B tests/gen/reliability docs/reliability.md; exit $$rc

# Coverage-guided, as long as you like; needs clang and its runtime (see deploy/dependencies). Finds go to build/fuzz.
SECONDS ?= 60
fuzz: $(FUZZ:%=$B/fuzz/%) $B/san/dictionary ## libFuzzer on every target for SECONDS=60 of processor time each, two at a time; ONLY=fuzz_scan for one
	@mkdir -p $B/fuzz/dict && $B/san/dictionary $B/fuzz/dict
	@BUILD=$B tests/fuzz/run $(SECONDS) $(or $(ONLY),$(FUZZ))

FUZZFLAGS := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
$B/fuzz/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$Q$(CLANG) $(BASE) $(FUZZFLAGS) -c -o $@ $<

$B/fuzz/libtally.a: $(LIB:%.c=$B/fuzz/obj/%.o)
	@rm -f $@
	$Q$(AR) rcs $@ $^

$B/fuzz/fuzz_%: $B/fuzz/obj/tests/fuzz/fuzz_%.o $(HELPERS:%.c=$B/fuzz/obj/%.o) $B/fuzz/libtally.a
	$Q$(CLANG) $(FUZZFLAGS) -fsanitize=fuzzer -o $@ $^ -lcmocka $(LIBS)

analyze: ## gcc's analyzer, clang-tidy, cppcheck and a build with clang: all clean, but for what tests/analyze.known explains
	@BUILD=$B JOBS=$(JOBS) CLANG="$(CLANG)" tests/analyze

# The node has threads where streams are: libnng's, which call node/wire*.c. Everything else belongs to the loop's one thread.
TSAN := -O1 -fno-omit-frame-pointer -fsanitize=thread
$B/tsan/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$Q$(CC) $(BASE) $(TSAN) -c -o $@ $<

$B/tsan/tally: $(SRC:%.c=$B/tsan/obj/%.o)
	$Q$(CC) $(TSAN) -o $@ $^ $(LIBS)

$B/tsan/test_wire: $B/tsan/obj/tests/unit/test_wire.o $(LIB:%.c=$B/tsan/obj/%.o)
	$Q$(CC) $(TSAN) -o $@ $^ -lcmocka $(LIBS)

tsan: $B/tsan/tally $B/tsan/test_wire ## the thread sanitizer on the streams: their unit test, and a scenario with real nodes
	@BUILD=$B tests/tsan

bench: $(BENCH:%=$B/bench/%) ## measure; prints figures, judges nothing
	@for b in $^; do $$b || exit 1; done

docs: $B/san/gendocs ## write the generated pages of docs/ again
	@tests/gen/docs $B/san/gendocs docs

vectors: $B/san/vectors ## write the test vectors of tests/vectors again
	@$B/san/vectors tests/vectors

corpus: $B/san/corpus ## write the seeds of the fuzz targets again
	@$B/san/corpus tests/fuzz/corpus

# ---- the simulator ----
# The simulator: optimised, since what counts is how many runs there are; build/san/sim has the sanitizers. The linker lets it stand between the core and its
# vault, commits and links.
SIMWRAPS := vault_put vault_drop store_commit link_send link_free crypto_pwhash
SIMFLAGS := $(SIMWRAPS:%=-Wl,--wrap=%)
SIMSRC := $(wildcard tests/sim/*.c tests/world/*.c)
$B/sim: $(SIMSRC:%.c=$B/obj/%.o) $(filter-out $B/obj/node/main.o,$(OBJ))
	$Q$(CC) $(HARD) $(LDHARD) $(SIMFLAGS) -o $@ $^ $(LIBS)

$B/san/sim: $(SIMSRC:%.c=$B/san/obj/%.o) $(SANLIB)
	$Q$(CC) $(SAN) $(SIMFLAGS) -o $@ $^ $(LIBS)

.PHONY: sim sim-mutations
# A seed that fails is shrunk and printed with the line that plays it again.
SEEDS ?= 200
SEED ?= 1
sim: $B/$(if $(SAN_SIM),san/)sim ## many nodes, bad networks, disks and clocks: SEEDS=200 SEED=1; NODES=n OPS=n MINUTES=n FAULTS=crash,cut SKIP=n,n TRACE=1
	@$< --seed $(SEED) --seeds $(SEEDS) --jobs $(JOBS) $(if $(NODES),--nodes $(NODES)) $(if $(OPS),--ops $(OPS)) $(if $(MINUTES),--minutes $(MINUTES)) \
	  $(if $(FAULTS),--faults $(FAULTS)) $(if $(SKIP),--skip $(SKIP)) $(if $(TRACE),--trace)

sim-mutations: $B/sim ## mistakes put into copies of the tree: the simulator must catch each; ONLY=name for one
	@BUILD=$B JOBS=$(JOBS) CC="$(CC)" tests/sim/mutate $(ONLY)

# ---- for people ----
demo: deps ## an incident played on three nodes, from pairing to a proof; FAST=1 without pauses
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@deploy/demo $B/tally

deps: ## install what is missing to build and run, after asking
	@deploy/install-dependencies build

deps-test: ## the same, and what the tests need
	@deploy/install-dependencies build test

install: all ## into PREFIX=/usr/local (DESTDIR is honoured)
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" deploy/install.sh $B/tally

clean: ## remove build/
	rm -rf $B

-include $(shell find $B -name '*.d' 2>/dev/null)
