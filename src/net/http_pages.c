#include "src/net/http_pages.h"

#include "src/base/json.h"
#include "src/base/metrics.h"
#include "src/net/http_server.h"

void http_pages_escape(struct buf *html, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&':
			buf_puts(html, "&amp;");
			break;
		case '<':
			buf_puts(html, "&lt;");
			break;
		case '>':
			buf_puts(html, "&gt;");
			break;
		case '"':
			buf_puts(html, "&quot;");
			break;
		case '\'':
			buf_puts(html, "&#39;");
			break;
		default:
			buf_u8(html, (uint8_t)text.p[i]);
			break;
		}
	}
}

void http_pages_table(struct buf *html, const char *heading)
{
	buf_puts(html, "<h2>");
	http_pages_escape(html, str_of(heading));
	buf_puts(html, "</h2>\n<table>\n");
}

void http_pages_row(struct buf *html, const char *name, const char *fmt, ...)
{
	struct buf value;
	va_list ap;

	buf_init(&value);
	va_start(ap, fmt);
	buf_vprintf(&value, fmt, ap);
	va_end(ap);
	html->failed = html->failed || value.failed;
	buf_puts(html, "<tr><th>");
	http_pages_escape(html, str_of(name));
	buf_puts(html, "</th><td>");
	http_pages_escape(html, buf_slice(&value));
	buf_puts(html, "</td></tr>\n");
	buf_fini(&value);
}

void http_pages_end_table(struct buf *html)
{
	buf_puts(html, "</table>\n");
}

void http_pages_print(const struct http_pages *p, struct buf *html)
{
	buf_puts(html, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
	http_pages_escape(html, str_of(p->title));
	buf_puts(html,
		 "</title>\n<style>body{font:15px/1.5 "
		 "system-ui,sans-serif;margin:2em;max-width:60em;"
		 "color-scheme:light dark}table{border-collapse:collapse}th,td{text-align:left;"
		 "padding:.2em 1em .2em 0;vertical-align:top}th{font-weight:500}h1{font-size:1.4em}"
		 "h2{font-size:1.1em}</style></head><body>\n<h1>");
	http_pages_escape(html, str_of(p->title));
	buf_puts(html, "</h1>\n");
	if (p->status)
		p->status(p->arg, html);
	buf_puts(html, "<p><a href=\"/metrics\">metrics</a> &middot; <a "
		       "href=\"/debug/vars\">debug/vars</a> "
		       "&middot; <a href=\"/healthz\">healthz</a> &middot; <a "
		       "href=\"/readyz\">readyz</a></p>\n"
		       "</body></html>\n");
}

static void reply(struct http_request *r, const char *type, struct buf *b)
{
	if (b->failed)
		http_reply(r, 503, "text/plain", STR_LIT("out of memory\n"));
	else
		http_reply(r, 200, type, buf_slice(b));
	buf_fini(b);
}

static void on_status(void *arg, struct http_request *r)
{
	struct buf b;

	buf_init(&b);
	http_pages_print(arg, &b);
	reply(r, "text/html; charset=utf-8", &b);
}

static void on_metrics(void *arg, struct http_request *r)
{
	struct buf b;

	(void)arg;
	buf_init(&b);
	metrics_print_prometheus(&b);
	reply(r, "text/plain; version=0.0.4; charset=utf-8", &b);
}

static void on_vars(void *arg, struct http_request *r)
{
	struct json_out o;
	struct buf b;

	(void)arg;
	buf_init(&b);
	json_out_init(&o, &b, true);
	json_out_object(&o, NULL);
	metrics_print_json(&o);
	json_out_end_object(&o);
	reply(r, "application/json", &b);
}

static void on_health(void *arg, struct http_request *r)
{
	(void)arg;
	http_reply(r, 200, "text/plain", STR_LIT("ok\n"));
}

static void on_ready(void *arg, struct http_request *r)
{
	const struct http_pages *p = arg;
	struct buf why;

	buf_init(&why);
	int status = !p->ready || p->ready(p->arg, &why) ? 200 : 503;

	if (status == 200 && !why.len)
		buf_puts(&why, "ok");
	buf_u8(&why, '\n');
	http_reply(r, status, "text/plain; charset=utf-8", buf_slice(&why));
	buf_fini(&why);
}

int http_pages_add(struct http_server *s, const struct http_pages *p, struct err *e)
{
	void *arg = (void *)(uintptr_t)p;

	if (http_server_handle(s, "/", on_status, arg) ||
	    http_server_handle(s, "/metrics", on_metrics, arg) ||
	    http_server_handle(s, "/debug/vars", on_vars, arg) ||
	    http_server_handle(s, "/healthz", on_health, arg) ||
	    http_server_handle(s, "/readyz", on_ready, arg))
		return err_set(e, ERR_NOMEM, "out of memory for web pages");
	return 0;
}
