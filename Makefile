# slotop: one Makefile, everything it makes is in .build/.
#
#   make run      install what is missing, build, open the dashboard
#   make check    install what is missing, build, run the whole test suite
#   make          build .build/release/slotop
#   make help     all targets

CC ?= cc
PREFIX ?= /usr/local
VARIANT ?= release
B := .build/$(VARIANT)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wundef -Wvla -Wswitch-enum -Wnull-dereference
ifeq ($(CI),true)
WARNINGS += -Werror
endif

ifeq ($(VARIANT),asan)
CFLAGS ?= -O1 -g
HARDENING := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK_HARDENING := -fsanitize=address,undefined
else ifeq ($(VARIANT),fuzz)
CFLAGS ?= -O1 -g
HARDENING := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_HARDENING := -fsanitize=address,undefined
else ifeq ($(VARIANT),fuzz-fast)
CFLAGS ?= -O2 -g
HARDENING := -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp
else
CFLAGS ?= -O2 -g
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LINK_HARDENING := -pie -Wl,-z,relro,-z,now
# The program is one file with nothing to load, where its libraries are there for that: half a
# millisecond less at each start, and a megabyte less in memory. Elsewhere they are shared.
ALONE := -static-pie -lncursesw -ltinfo -lm
ALONE := $(if $(shell echo 'int main(void) { return 0; }' | \
	$(CC) -x c -o /dev/null - $(ALONE) 2>/dev/null && echo yes),$(ALONE))
endif

COMPILE := $(CC) -std=c11 -D_GNU_SOURCE -I. $(WARNINGS) $(HARDENING) $(CPPFLAGS) $(CFLAGS) -MMD -MP
LINK := $(CC) $(LINK_HARDENING) $(CFLAGS) $(LDFLAGS)
LIBS := -lncursesw -lcjson -lm
TEST_LIBS := -lcmocka -lvterm -lutil

CORE := $(patsubst %.c,$(B)/%.o,$(wildcard core/*.c))
TUI := $(patsubst %.c,$(B)/%.o,$(filter-out tui/main.c,$(wildcard tui/*.c)))
HELPERS := $(B)/tests/libhelpers.a
HELPERS_PARTS := $(patsubst %.c,$(B)/%.o,$(wildcard tests/helpers/*.c))
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/e2e/test_*.c))
FUZZERS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_PARTS := $(addprefix $(B)/tests/,fuzz/fuzz.o fuzz/json_reference.o helpers/reload.o helpers/tree.o)
REPLAYS := $(subst /fuzz_,/replay_,$(FUZZERS))
EDITS := $(B)/tests/stress/edits $(B)/tests/stress/edits_large
SOAK := $(B)/tests/stress/soak
SOAK_PARTS := $(B)/tests/stress/lean.o
EDITS_PARTS := $(addprefix $(B)/tests/stress/,leases.o sessions.o victims.o)
BENCH := $(B)/tests/bench/bench
BENCH_PARTS := $(patsubst %.c,$(B)/%.o,$(filter-out tests/bench/bench.c \
	tests/bench/empty.c,$(wildcard tests/bench/*.c)))
KEYS := $(B)/tests/stress/keys
KEYS_PARTS := $(B)/tests/stress/key_rules.o
SWEEP := $(B)/tests/sweep/long
SWEEP_PARTS := $(addprefix $(B)/tests/sweep/,faults.o faults_memory.o judge.o picture.o sweep.o \
	tell.o trial.o)

all: $(B)/slotop

$(B)/slotop: $(B)/tui/main.o $(B)/libtui.a $(B)/libslotop.a
	$(LINK) -o $@ $^ $(or $(ALONE),$(LIBS))

$(B)/libslotop.a: $(CORE)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/libtui.a: $(TUI)
	rm -f $@ && $(AR) rcs $@ $^

$(HELPERS): $(HELPERS_PARTS)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# A test that wraps calls says so in its first line: // LDFLAGS: -Wl,--wrap=pwrite
$(B)/tests/%: $(B)/tests/%.o $(HELPERS) $(B)/libtui.a $(B)/libslotop.a
	$(LINK) $$(sed -n '1s|^// LDFLAGS:||p' tests/$*.c) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		$(LIBS) $(TEST_LIBS)

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(FUZZ_PARTS) $(B)/libtui.a $(B)/libslotop.a
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(B)/tests/fuzz/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(FUZZ_PARTS) \
		$(B)/libtui.a $(B)/libslotop.a
	$(LINK) -o $@ $^ $(LIBS) -lcmocka

$(EDITS): $(EDITS_PARTS)

$(KEYS): $(KEYS_PARTS)

$(SOAK): $(SOAK_PARTS)

$(BENCH): $(BENCH).o $(BENCH_PARTS) $(HELPERS) $(B)/libtui.a $(B)/libslotop.a
	$(LINK) -Wl,--wrap=file_pause_ms -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/tests/bench/empty: $(B)/tests/bench/empty.o
	$(LINK) -o $@ $^ -lncursesw

$(SWEEP) $(B)/tests/unit/test_sweep $(B)/tests/unit/test_sweep_large: $(SWEEP_PARTS)

fuzzers: $(FUZZERS)

tests: $(B)/slotop $(TESTS) $(REPLAYS) $(EDITS) $(KEYS) $(BENCH) $(B)/tests/tools/screenshot

# What a person types. The dashboard opens on the operator's own registry, or on the demo.
run:
	@sh assets/deps.sh build
	@$(MAKE) --no-print-directory -s all
	@sh assets/run.sh $(B)/slotop

check:
	@sh assets/deps.sh test
	@$(MAKE) --no-print-directory -s -j2 tests
	@sh tests/run $(B)

asan:
	@$(MAKE) --no-print-directory check VARIANT=asan

deps:
	@sh assets/deps.sh test

# Each target for FUZZ_SECONDS, with new inputs. Without clang's libFuzzer it says so.
FUZZ_SECONDS ?= 60
fuzz:
	@sh tests/fuzz/run $(FUZZ_SECONDS)

# The long ones: random keys, and edits beside real Node processes: three minutes, or with
# STRESS=full some hours.
stress: all $(EDITS) $(KEYS)
	@sh tests/stress/run $(B) $(STRESS)

# The dashboard beside a Node process that saves 4,000 times a second, for SOAK_SECONDS;
# SOAK_OPTIONS='4000 lean' beside a process that can do so on a busy machine.
SOAK_SECONDS ?= 600
soak: all $(SOAK)
	@SLOTOP=$(B)/slotop $(SOAK) $(SOAK_SECONDS) $(SOAK_OPTIONS)

# Every system call of every kind of edit fails in turn, and every process is killed: some minutes.
sweep: $(SWEEP)
	@sh tests/sweep/run $(B)

# Every cell of the table of goals, in some minutes; BENCH_FULL=1: also a million entries;
# README=README.md: writes the figures there.
bench: all $(BENCH) $(B)/tests/bench/empty
	@sh tests/bench/run $(B) $(README)

# Regenerates the golden screens; review the difference like code.
golden: $(B)/tests/unit/test_view $(B)/tests/unit/test_view_panes
	for test in $^; do UPDATE_GOLDEN=1 $$test || exit 1; done

# The pictures in the README; tests/cli/docs.bats holds them to what the program draws.
screenshot: $(B)/tests/tools/screenshot
	sh tests/tools/pictures $< assets

# The parts of man page and completions that are made from the tables of commands and options.
docs: $(B)/tests/unit/test_docs
	UPDATE_DOCS=1 $<

SHARE := $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 \
		$(SHARE)/doc/slotop $(SHARE)/bash-completion/completions \
		$(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 755 $(B)/slotop $(DESTDIR)$(PREFIX)/bin/slotop
	install -m 644 README.md assets/LICENSE $(SHARE)/doc/slotop
	install -m 644 assets/slotop.1 $(SHARE)/man/man1/slotop.1
	install -m 644 assets/slotop-config.5 $(SHARE)/man/man5/slotop-config.5
	install -m 644 assets/completions/slotop.bash $(SHARE)/bash-completion/completions/slotop
	install -m 644 assets/completions/_slotop $(SHARE)/zsh/site-functions/_slotop
	install -m 644 assets/completions/slotop.fish $(SHARE)/fish/vendor_completions.d/slotop.fish

# Takes away what `install` has put there, and nothing else.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/slotop $(SHARE)/doc/slotop/README.md \
		$(SHARE)/doc/slotop/LICENSE $(SHARE)/man/man1/slotop.1 \
		$(SHARE)/man/man5/slotop-config.5 \
		$(SHARE)/bash-completion/completions/slotop $(SHARE)/zsh/site-functions/_slotop \
		$(SHARE)/fish/vendor_completions.d/slotop.fish
	rmdir $(SHARE)/doc/slotop 2>/dev/null || :

format-check:
	clang-format --dry-run -Werror $(wildcard core/*.[ch] tui/*.[ch] tests/*/*.[ch])

tidy:
	clang-tidy --quiet $(wildcard core/*.c tui/*.c) -- -std=c11 -D_GNU_SOURCE -I.

clean:
	rm -rf .build

help:
	@echo 'run check | all install uninstall clean |' \
		'asan bench fuzz stress sweep golden docs screenshot format-check tidy deps'

.PHONY: all tests run check asan bench deps fuzz fuzzers stress soak sweep golden docs screenshot install \
	uninstall format-check tidy clean help
.SECONDARY:

-include $(patsubst %.o,%.d,$(CORE) $(TUI) $(HELPERS_PARTS) $(B)/tui/main.o $(FUZZ_PARTS) \
	$(B)/tests/fuzz/replay.o $(EDITS_PARTS) $(KEYS_PARTS) $(SOAK_PARTS) $(SWEEP_PARTS) $(BENCH_PARTS) \
	$(B)/tests/bench/empty.o $(B)/tests/tools/screenshot.o \
	$(addsuffix .o,$(TESTS) $(FUZZERS) $(EDITS) $(KEYS) $(SOAK) $(SWEEP) $(BENCH)))
