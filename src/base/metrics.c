/* metrics - one block of counters per thread, linked in a list that only grows; a thread's block is
 * left behind when it ends, so that its counts stay. A writer is alone on its block and uses relaxed
 * stores; readers may see a count a moment late, never a torn one. */
#include "src/base/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hmap.h"

enum { METRICS_MAX = 8192, METRICS_BUCKETS = 13 };

/* Upper bounds in microseconds; one more bucket has none, then come sum and count. */
static const uint64_t bucket_us[METRICS_BUCKETS] = {
	100,	250,	 500,	  1000,	   2500,     5000,     10000,
	25000,	100000,	 500000,  1000000, 10000000, 100000000};
static const char *const bucket_text[METRICS_BUCKETS] = {
	"0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01",
	"0.025",  "0.1",     "0.5",    "1",	"10",	  "100"};
enum { HISTOGRAM_IDS = METRICS_BUCKETS + 3 };

struct metric {
	char *name, *labels, *help; /* owned, for ever */
	unsigned id;
	enum { COUNTER, GAUGE, HISTOGRAM } kind;
};

struct block {
	struct block *next;
	_Atomic int64_t v[METRICS_MAX];
};

static pthread_mutex_t metrics_lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric metric_table[METRICS_MAX]; /* guarded by metrics_lock */
static unsigned metric_count, next_id = 1;	/* guarded by metrics_lock; id 0 is the spill-over */
static struct hmap metric_names;		/* guarded by metrics_lock */
static _Atomic(struct block *) blocks;
static _Thread_local struct block *mine;

static char *copy(const char *z)
{
	return str_dup(str_of(z ? z : ""));
}

static unsigned add_metric(const char *key, const struct metric *m, unsigned ids)
{
	struct metric *n = &metric_table[metric_count];

	if (metric_count == METRICS_MAX || next_id + ids > METRICS_MAX)
		return 0;
	*n = *m;
	n->id = next_id;
	if (hmap_put(&metric_names, str_of(key), n, NULL) < 0)
		return 0;
	metric_count++;
	next_id += ids;
	return n->id;
}

static unsigned find_or_add(int kind, const char *name, const char *labels, const char *help)
{
	char key[512];
	struct metric *have;
	unsigned id;

	snprintf(key, sizeof(key), "%s{%s}", name, labels ? labels : "");
	pthread_mutex_lock(&metrics_lock);
	have = hmap_get(&metric_names, str_of(key));
	if (have) {
		id = have->id;
	} else {
		struct metric m = {copy(name), copy(labels), copy(help), 0, COUNTER};

		m.kind = kind;
		id = m.name && m.labels && m.help
			     ? add_metric(key, &m, kind == HISTOGRAM ? HISTOGRAM_IDS : 1)
			     : 0;
		if (!id) {
			free(m.name);
			free(m.labels);
			free(m.help);
		}
	}
	pthread_mutex_unlock(&metrics_lock);
	return id;
}

unsigned metrics_id(enum metric_kind kind, const char *name, const char *labels, const char *help)
{
	return find_or_add(kind == METRIC_GAUGE ? GAUGE : COUNTER, name, labels, help);
}

unsigned metrics_histogram(const char *name, const char *labels, const char *help)
{
	return find_or_add(HISTOGRAM, name, labels, help);
}

static struct block *my_block(void)
{
	if (mine)
		return mine;
	mine = calloc(1, sizeof(*mine));
	if (!mine)
		return NULL;
	mine->next = atomic_load(&blocks);
	while (!atomic_compare_exchange_weak(&blocks, &mine->next, mine))
		;
	return mine;
}

void metrics_add(unsigned id, int64_t n)
{
	struct block *b = my_block();

	if (b)
		atomic_store_explicit(&b->v[id],
				      atomic_load_explicit(&b->v[id], memory_order_relaxed) + n,
				      memory_order_relaxed);
}

void metrics_set(unsigned id, int64_t v)
{
	metrics_add(id, v - metrics_value(id));
}

void metrics_observe_us(unsigned h, uint64_t us)
{
	unsigned i = 0;

	if (!h)
		return;
	while (i < METRICS_BUCKETS && us > bucket_us[i])
		i++;
	metrics_add(h + i, 1);
	metrics_add(h + METRICS_BUCKETS + 1, (int64_t)us);
	metrics_add(h + METRICS_BUCKETS + 2, 1);
}

int64_t metrics_value(unsigned id)
{
	int64_t sum = 0;

	for (struct block *b = atomic_load(&blocks); b; b = b->next)
		sum += atomic_load_explicit(&b->v[id], memory_order_relaxed);
	return sum;
}

static int by_name(const void *a, const void *b)
{
	const struct metric *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->labels, y->labels);
}

/* A sorted copy of the table; the strings live for ever. NULL when out of memory. */
static struct metric *sorted(unsigned *count)
{
	struct metric *m;

	pthread_mutex_lock(&metrics_lock);
	*count = metric_count;
	m = malloc((metric_count + 1) * sizeof(*m));
	if (m)
		memcpy(m, metric_table, metric_count * sizeof(*m));
	pthread_mutex_unlock(&metrics_lock);
	if (m)
		qsort(m, *count, sizeof(*m), by_name);
	return m;
}

static void print_histogram(const struct metric *m, struct buf *out)
{
	const char *sep = m->labels[0] ? "," : "";
	int64_t sum = 0;

	for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
		sum += metrics_value(m->id + i);
		buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %lld\n", m->name, m->labels, sep,
			   bucket_text[i], (long long)sum);
	}
	sum += metrics_value(m->id + METRICS_BUCKETS);
	buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", m->name, m->labels, sep, (long long)sum);
	buf_printf(out, "%s_sum{%s} %.6f\n", m->name, m->labels,
		   (double)metrics_value(m->id + METRICS_BUCKETS + 1) / 1e6);
	buf_printf(out, "%s_count{%s} %lld\n", m->name, m->labels, (long long)sum);
}

void metrics_print_prometheus(struct buf *out)
{
	static const char *const kinds[] = {"counter", "gauge", "histogram"};
	const char *last = "";
	unsigned n;
	struct metric *m = sorted(&n);

	for (unsigned i = 0; m && i < n; i++) {
		if (strcmp(last, m[i].name) != 0)
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m[i].name, m[i].help,
				   m[i].name, kinds[m[i].kind]);
		last = m[i].name;
		if (m[i].kind == HISTOGRAM)
			print_histogram(&m[i], out);
		else if (m[i].labels[0])
			buf_printf(out, "%s{%s} %lld\n", m[i].name, m[i].labels,
				   (long long)metrics_value(m[i].id));
		else
			buf_printf(out, "%s %lld\n", m[i].name, (long long)metrics_value(m[i].id));
	}
	free(m);
}

void metrics_print_json(struct json_out *o)
{
	char key[512];
	unsigned n;
	struct metric *m = sorted(&n);

	for (unsigned i = 0; m && i < n; i++) {
		unsigned id = m[i].id;

		snprintf(key, sizeof(key), "%s%s%s%s", m[i].name, m[i].labels[0] ? "{" : "",
			 m[i].labels, m[i].labels[0] ? "}" : "");
		if (m[i].kind != HISTOGRAM) {
			json_out_int(o, key, metrics_value(id));
			continue;
		}
		json_out_object(o, key);
		json_out_int(o, "count", metrics_value(id + METRICS_BUCKETS + 2));
		json_out_int(o, "sum_us", metrics_value(id + METRICS_BUCKETS + 1));
		json_out_end_object(o);
	}
	free(m);
}
