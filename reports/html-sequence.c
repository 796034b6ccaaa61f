/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-sequence.c - who said what: lanes always in the order of the platform, one row a
 * message, the offending one in a band of its own. Widths of letters are estimated, because
 * the reader's font is not known; a label is cut in the middle rather than shrunk.
 */
#include "reports/html-sequence.h"

#include <string.h>

/* The prefix of a grant type says nothing that the rest does not. */
static const char *short_urn(struct page *p, const char *s)
{
	static const char prefix[] = "urn:ietf:params:oauth:";
	const char *at = strstr(s, prefix);

	return at ? arena_printf(p->arena, "%.*s\xe2\x80\xa6%s", (int)(at - s), s,
				 at + sizeof(prefix) - 1)
		  : s;
}

/* A text is "what  the parameter that matters": two spaces part the lines. */
static void split(struct page *p, const struct hop *h, const char **ret_first,
		  const char **ret_second)
{
	char *text = text_line(p->arena, h->text ? h->text : "", 300);
	char *gap = strstr(text, "  ");

	*ret_first = text;
	*ret_second = NULL;
	if (!gap)
		return;
	*gap = '\0';
	*ret_second = short_urn(p, gap + 2 + strspn(gap + 2, " "));
}

static void seconds(struct page *p, const struct hop *h)
{
	page_printf(p, "+%lld.%03lld", (long long)(h->at_us / 1000000),
		    (long long)(h->at_us / 1000 % 1000));
}

static void lane(struct sequence *s, const struct lane *l, int bottom)
{
	struct page *p = s->p;
	int half =
		(LAST_LANE - FIRST_LANE) / (int)(s->n_lanes > 1 ? s->n_lanes - 1 : 1) / 2 - 8;
	bool tested = l->part && l->part->under_test;
	const char *who = l->part ? l->part->who : NULL;

	half = half > 88 ? 88 : half;
	if (!who)
		who = text_same(l->name, "person") ? "types, reads" : "ours";
	else if (!tested && strncmp(who, "idp-sim", 7) == 0 && s->r->provider)
		who = arena_printf(p->arena, "idp-sim \xc2\xb7 %s", s->r->provider);
	if (tested && text_width(who) + 13 <= (size_t)half * 2 * 10 / 64)
		who = arena_printf(p->arena, "%s \xc2\xb7 under test", who);
	page_printf(p, "<g%s><line class=\"lane\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
		    tested ? " class=\"tested\"" : "", l->x, l->x, HEAD, bottom);
	page_printf(
		p,
		"<rect class=\"head\" x=\"%d\" y=\"2\" width=\"%d\" height=\"38\" rx=\"4\"/>"
		"<text class=\"name\" text-anchor=\"middle\" x=\"%d\" y=\"18\">",
		l->x - half, 2 * half, l->x);
	page_text(p, text_middle(p->arena, l->name, (size_t)half / 4));
	page_printf(p, "</text><text class=\"who\" text-anchor=\"middle\" x=\"%d\" y=\"33\">",
		    l->x);
	page_text(p, text_line(p->arena, who, (size_t)half * 2 * 10 / 64));
	page_str(p, "</text></g>");
}

static void arrow_head(struct page *p, int x, int y, bool right, bool open)
{
	int d = right ? -9 : 9;

	page_printf(p, "<path class=\"%s\" d=\"M%d %dL%d %dL%d %d%s\"/>",
		    open ? "arrow" : "fill", x + d, y - 5, x, y, x + d, y + 5, open ? "" : "Z");
}

/* "POST /azure/1111/oauth2/v2.0/devicecode" is known by its end: the first segments of a path
 * go before anything is cut in the middle. */
static const char *fit(struct page *p, const char *text, size_t letters)
{
	const char *path = strstr(text, " /");
	size_t method = path ? (size_t)(path - text) : 0;

	if (!path || method > 8)
		return text_line(p->arena, text, letters);
	if (text_width(text) <= letters)
		return text;
	for (path = strchr(path + 2, '/'); path; path = strchr(path + 1, '/')) {
		if (method + 2 + text_width(path) <= letters)
			return arena_printf(p->arena, "%.*s \xe2\x80\xa6%s", (int)method, text,
					    path);
	}
	return text_middle(p->arena, text, letters);
}

static void label(struct page *p, const char *class, int x, int y, const char *anchor,
		  const char *text, int room)
{
	page_printf(p, "<text class=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">", class,
		    anchor, x, y);
	page_text(p, fit(p, text, (size_t)(room > 40 ? room * 10 / LETTER : 5)));
	page_str(p, "</text>");
}

/* Beside the arrow where there is more room, else below it. Returns the height it adds. */
static int remark_room(const struct hop *h, int left, int right)
{
	int need = (int)text_width(h->remark) * 7 + 40;

	return left - 110 >= need || WIDTH - right >= need ? 0 : 18;
}

static void remark(struct page *p, const struct hop *h, int left, int right, int y)
{
	char *text = arena_printf(p->arena, "\xc3\x97 %s", text_line(p->arena, h->remark, 120));
	int need = (int)text_width(text) * 7 + 24;

	if (left - 110 >= need)
		label(p, "lbl remark", left - 14, y + 4, "end", text, WIDTH);
	else if (WIDTH - right >= need)
		label(p, "lbl remark", right + 14, y + 4, "start", text, WIDTH);
	else
		label(p, "lbl remark", WIDTH / 2 + 40, y + 18, "middle", text, WIDTH);
}

static void arrow(struct sequence *s, const struct hop *h, int x1, int x2, int y, size_t times)
{
	struct page *p = s->p;
	const char *first, *second;
	int mid = (x1 + x2) / 2, room = (x1 < x2 ? x2 - x1 : x1 - x2) + OVERHANG;
	const char *anchor = "middle";

	if (x1 == x2) { /* a note to itself: the label stands to the right */
		mid = x1 + 14;
		room = WIDTH - mid;
		anchor = "start";
	}
	split(p, h, &first, &second);
	if (times > 1)
		first = arena_printf(p->arena, "%s \xc3\x97 %zu", first, times);
	if (x1 == x2)
		page_printf(p, "<path class=\"arrow\" d=\"M%d %dh8v8h-8\"/>", x1, y - 6);
	else
		page_printf(p,
			    "<line class=\"arrow%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
			    h->answer ? " back" : "", x1, x2, y, y);
	if (x1 != x2)
		arrow_head(p, x2, y, x2 > x1, h->answer && !h->marked);
	label(p, "lbl", mid, y - (second ? 18 : 6), anchor, first, room);
	if (second)
		label(p, "lbl sub", mid, y - 5, anchor, second, room);
}

/* One row; returns where the next one begins. */
static int message(struct sequence *s, const struct said *row, int y)
{
	struct page *p = s->p;
	const struct hop *h = &s->r->hops[row->hop];
	const struct lane *from = sequence_lane(s, h->from), *to = sequence_lane(s, h->to);
	const char *first, *second;
	int height, line, left, right, below = 0;

	split(p, h, &first, &second);
	height = (second ? TALL : ROW) + (h->marked ? 12 : 0);
	line = y + height - 8 - (h->marked ? 4 : 0);
	from = from ? from : to;
	to = to ? to : from;
	if (!from)
		return y;
	left = from->x < to->x ? from->x : to->x;
	right = from->x < to->x ? to->x : from->x;
	if (h->marked && h->remark)
		below = remark_room(h, left, right);
	height += below;
	if (h->marked) {
		s->band_y = y + 2;
		s->band_height = height;
		page_str(p, "<g class=\"bad\">");
	}
	page_printf(p,
		    "<text class=\"num\" text-anchor=\"end\" x=\"28\" y=\"%d\">%zu</text>"
		    "<text class=\"num\" x=\"44\" y=\"%d\">",
		    line, row->hop + 1, line);
	seconds(p, h);
	page_str(p, "</text>");
	arrow(s, h, from->x, to->x, line, row->times);
	if (h->marked && h->remark)
		remark(p, h, left, right, line);
	page_str(p, h->marked ? "</g>" : "");
	return y + height;
}

static int all_messages(struct sequence *s, int y)
{
	for (size_t i = 0; i < s->n_rows; i++) {
		if (!s->rows[i].left_out) {
			y = message(s, &s->rows[i], y);
			continue;
		}
		page_printf(s->p,
			    "<text class=\"rest lbl\" x=\"44\" y=\"%d\">\xe2\x80\xa6 %zu more "
			    "messages</text>",
			    y + 20, s->rows[i].left_out);
		y += ROW;
	}
	return y;
}

static void diagram(struct sequence *s)
{
	struct page *p = s->p;
	struct buf outside = p->b;
	struct buf inside;
	int bottom;

	/* The height is known only after the messages are drawn. */
	p->b = (struct buf) { 0 };
	bottom = all_messages(s, HEAD + 10) + 10;
	inside = p->b;
	p->b = outside;
	page_printf(p,
		    "<svg class=\"seq\" viewBox=\"0 0 %d %d\" role=\"img\" "
		    "aria-label=\"Sequence of %zu "
		    "messages; the same as a list below\">",
		    WIDTH, bottom, s->r->n_hops);
	/* The band lies under the lanes, the labels over them. */
	if (s->band_height)
		page_printf(p,
			    "<rect class=\"band\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
			    "<rect class=\"bar\" x=\"0\" y=\"%d\" width=\"4\" height=\"%d\"/>",
			    s->band_y, WIDTH, s->band_height, s->band_y, s->band_height);
	for (size_t i = 0; i < s->n_lanes; i++)
		lane(s, &s->lanes[i], bottom - 4);
	if (inside.n)
		buf_add(&p->b, inside.p, inside.n);
	buf_done(&inside);
	page_str(p, "</svg>\n");
}

static void list(struct sequence *s)
{
	struct page *p = s->p;

	page_str(p, "<ol class=\"hops\">");
	for (size_t i = 0; i < s->n_rows; i++) {
		const struct said *row = &s->rows[i];
		const struct hop *h = &s->r->hops[row->hop];

		if (row->left_out) {
			page_printf(p,
				    "<li><span></span><span></span><div>\xe2\x80\xa6 %zu more "
				    "messages</div></li>",
				    row->left_out);
			continue;
		}
		page_printf(p, "<li%s><span>%zu</span><span>",
			    h->marked ? " class=\"bad\"" : "", row->hop + 1);
		seconds(p, h);
		page_str(p, "</span><div><b>");
		page_text(p, h->from);
		page_str(p, " \xe2\x86\x92 ");
		page_text(p, h->to);
		page_str(p, "</b>");
		if (h->remark) {
			page_str(p, " <b>\xc3\x97 ");
			page_text(p, h->remark);
			page_str(p, "</b>");
		}
		page_str(p, "<br>");
		page_text(p, h->text);
		if (row->times > 1)
			page_printf(p, " \xc3\x97 %zu", row->times);
		page_str(p, "</div></li>");
	}
	page_str(p, "</ol>\n");
}

void page_sequence(struct page *p, const struct result *r)
{
	struct sequence s = { .p = p, .r = r };

	if (!r->n_hops)
		return;
	sequence_plan(&s);
	page_str(p, "<div class=\"saidwhat\"><h4>Who said what</h4>");
	diagram(&s);
	list(&s);
	page_str(p, "</div>\n");
}
