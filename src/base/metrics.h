/* metrics - counters, gauges and histograms, without shared cache lines.
 * Each thread adds to a block of its own; readers sum the blocks. An id is a small integer found
 * once, at start or when an object (a tablet, a user) first appears, and kept. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/json.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE };

/* The id of @name{@labels}, made when new. @name is Prometheus style ("sluice_gate_queries_total"),
 * @labels like `type="select"` or "". Never fails: when the table is full (8192) all further ones
 * share a spill-over id. Any thread. */
unsigned metrics_id(enum metric_kind kind, const char *name, const char *labels, const char *help);
/* A latency histogram in microseconds (buckets 100 us to 100 s, exposed in seconds). */
unsigned metrics_histogram(const char *name, const char *labels, const char *help);
/* Adds to this thread's share; a gauge may go down. Any thread, a few instructions. */
void metrics_add(unsigned id, int64_t n);
/* Sets a gauge that one thread alone owns. */
void metrics_set(unsigned id, int64_t v);
void metrics_observe_us(unsigned histogram, uint64_t us);
/* The sum over all threads. */
int64_t metrics_value(unsigned id);
/* Prometheus text exposition format 0.0.4, sorted by name. */
void metrics_print_prometheus(struct buf *out);
/* Members "name{labels}": value of an object that is open in @o. */
void metrics_print_json(struct json_out *o);
#endif
