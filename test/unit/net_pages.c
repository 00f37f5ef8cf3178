/* The common web pages: escaping and the page's frame. */
#include <string.h>

#include "src/net/http_pages.h"
#include "test/lib/tap.h"

static void status(void *arg, struct buf *html)
{
	http_pages_table(html, "State");
	http_pages_row(html, "name", "<%s>", (const char *)arg);
	http_pages_end_table(html);
}

int main(void)
{
	struct http_pages p = {.title = "a & b", .status = status, .arg = (char[]){"it's"}};
	struct buf b;

	buf_init(&b);
	http_pages_escape(&b, STR_LIT("<a href=\"x\">&'"));
	CHECK(!strcmp(buf_cstr(&b), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"));
	buf_reset(&b);
	http_pages_print(&p, &b);
	CHECK(strstr(buf_cstr(&b), "<title>a &amp; b</title>") != NULL);
	CHECK(strstr(buf_cstr(&b), "<tr><th>name</th><td>&lt;it&#39;s&gt;</td></tr>") != NULL);
	CHECK(strstr(buf_cstr(&b), "/metrics") != NULL);
	CHECK(!b.failed);
	buf_fini(&b);
	return TAP_DONE();
}
