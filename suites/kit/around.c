/* SPDX-License-Identifier: Apache-2.0 */
/* around.c - what stands around a CLI: a stranger's host, a browser, files in its home. */
#include "suites/kit/door.h"
#include "suites/kit/given.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"

#include <string.h>

const char *home_path(struct run *run, const char *name)
{
	return run_printf(run, "%s/%s", run->lab->now.home, name);
}

const char *file_text(struct run *run, const char *path)
{
	struct err err = { 0 };
	char *text = NULL;
	size_t n;

	if (!file_read(path, 1 << 20, &text, &n, &err))
		return "";
	own_text(run, text);
	return text;
}

const char *browser_made(struct run *run, const char *log)
{
	const char *path = home_path(run, "browser");
	const char *text = run_printf(run, "#!/bin/sh\nprintf '%%s\\n' \"$@\" >> '%s'\n", log);
	struct err err = { 0 };

	unlink(log);
	if (!file_write(path, text, strlen(text), 0700, &err))
		run_broken(run, "%s", err.text);
	return path;
}

const char *stranger_url(struct run *run)
{
	return run->lab->now.stranger ? recorder_url(run->lab->now.stranger) : NULL;
}

void stranger_says(struct run *run, int status, const char *json)
{
	recorder_say(
		run->lab->now.stranger,
		&(struct recorder_answer) { .status = status,
					    .body = json,
					    .headers = "Content-Type: application/json\r\n" });
}

const char *stranger_saw(struct run *run)
{
	const struct recorded *q;
	AUTO_BUF all = { 0 };

	for (size_t i = 0; (q = recorder_find(run->lab->now.stranger, i)); i++)
		buf_add(&all, q->raw, q->raw_len);
	return arena_str(run->arena, all.p ? all.p : "");
}

size_t stranger_count(struct run *run)
{
	return recorder_count(run->lab->now.stranger);
}

int64_t stranger_at_us(struct run *run, size_t index)
{
	const struct recorded *q = recorder_find(run->lab->now.stranger, index);

	return q ? q->at_us - run->started_us : -1;
}
