/* The JSON object that a request carries. */
#include "src/ctl/api_int.h"

int api_body_read(struct api_call *c, const struct json_field *fields, size_t n, void *out,
		  struct arena *a, struct err *e)
{
	struct json_reader r = {.text = c->body, .e = e, .arena = a};
	struct cJSON *doc = json_parse(c->body, e);
	int rc = doc ? json_reader_object(&r, doc, fields, n, out) : -1;

	json_free(doc);
	return rc;
}
