/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clk.h - the one place that reads the system clock.
 *
 * A clk is virtual: it runs at the pace of the system clock from where it was set, or is
 * frozen. Thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct clk {
	_Atomic int64_t offset_ms; /* added to the system clock */
	_Atomic int64_t frozen_ms; /* the time shown while frozen, 0 when running */
};

int64_t clk_now_ms(const struct clk *c); /* virtual, Unix time; c may be NULL: system time */
int64_t clk_now(const struct clk *c);    /* the same in seconds */
void clk_set_ms(struct clk *c, int64_t unix_ms);
void clk_advance_ms(struct clk *c, int64_t ms); /* also moves a frozen clock */
void clk_freeze(struct clk *c, bool frozen);
int64_t clk_mono_ms(void); /* monotonic, for time-outs and durations */
int64_t clk_mono_us(void);
/* "2026-02-14T16:42:00Z" into ret (at least 32 bytes). */
void clk_iso(int64_t unix_s, char *ret);
