/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code as inline SVG: one path, a unit square a module. */
#include "idp-sim/console-page.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>

void page_qr(struct buf *out, const char *text)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

	if (!code)
		return;
	buf_printf(out,
		   "<svg class=\"qr\" viewBox=\"0 0 %d %d\" role=\"img\" "
		   "aria-label=\"QR code of the page\"><path fill=\"#000\" d=\"",
		   code->width, code->width);
	for (int i = 0; i < code->width * code->width; i++)
		if (code->data[i] & 1)
			buf_printf(out, "M%d %dh1v1h-1z", i % code->width, i / code->width);
	buf_str(out, "\"/></svg>");
	QRcode_free(code);
}
#else
void page_qr(struct buf *out, const char *text)
{
	(void)out, (void)text;
}
#endif
