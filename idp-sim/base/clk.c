/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/clk.h"

#include <stdio.h>
#include <time.h>

static int64_t system_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clk_now_ms(const struct clk *c)
{
	int64_t frozen = c ? c->frozen_ms : 0;

	if (frozen)
		return frozen;
	return system_us(CLOCK_REALTIME) / 1000 + (c ? c->offset_ms : 0);
}

int64_t clk_now(const struct clk *c)
{
	return clk_now_ms(c) / 1000;
}

void clk_set_ms(struct clk *c, int64_t unix_ms)
{
	c->offset_ms = unix_ms - system_us(CLOCK_REALTIME) / 1000;
	if (c->frozen_ms)
		c->frozen_ms = unix_ms;
}

void clk_advance_ms(struct clk *c, int64_t ms)
{
	c->offset_ms += ms;
	if (c->frozen_ms)
		c->frozen_ms += ms;
}

void clk_freeze(struct clk *c, bool frozen)
{
	if (frozen && !c->frozen_ms)
		c->frozen_ms = clk_now_ms(c);
	if (!frozen && c->frozen_ms) {
		int64_t shown = c->frozen_ms;
		c->frozen_ms = 0;
		clk_set_ms(c, shown);
	}
}

int64_t clk_mono_us(void)
{
	return system_us(CLOCK_MONOTONIC);
}

int64_t clk_mono_ms(void)
{
	return clk_mono_us() / 1000;
}

void clk_iso(int64_t unix_s, char *ret)
{
	time_t t = (time_t)unix_s;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		ret[0] = 0;
}
