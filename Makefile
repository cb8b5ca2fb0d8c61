# slotop: everything is built into .build/, from one Makefile.
CC ?= cc
B := .build
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wundef -Wvla -Wswitch-enum -Wnull-dereference
CPPFLAGS += -D_GNU_SOURCE -I.
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=c11 $(WARNINGS) $(CFLAGS)

all: $(B)/slotop
CORE := $(patsubst %.c,$(B)/%.o,$(wildcard core/*.c))
TUI := $(patsubst %.c,$(B)/%.o,$(wildcard tui/*.c))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libslotop.a: $(CORE)
	$(AR) rcs $@ $^

$(B)/slotop: $(TUI) $(B)/libslotop.a
	$(CC) $(ALL_CFLAGS) -o $@ $^ -lncursesw -ltinfo -lcjson -lm

-include $(CORE:.o=.d) $(TUI:.o=.d)
