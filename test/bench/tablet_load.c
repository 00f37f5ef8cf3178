/* tablet_load - keeps N point selects under way on one RPC connection to a tablet and counts
 * answers: tablet_load ADDRESS KEYSPACE SHARD N SECONDS MAX_ID [prepared]. Selects v from bench(id,
 * v). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/rng.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"

static struct load {
	struct worker *w;
	struct rpc_client *client;
	char *keyspace, *shard;
	uint64_t max_id, until_us, done, errors, bytes;
	bool prepared;
} load;

static void next_call(void);

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	(void)arg, (void)frame_end;
	load.bytes += n;
	load.errors += n > 4 && p[4] == 0xff;
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	(void)arg, (void)trailer;
	if (e && worker_now_us(load.w) >= load.until_us)
		return; /* given up at the end */
	load.done++;
	if (e && load.errors++ == 0)
		fprintf(stderr, "%s\n", e->msg);
	if (worker_now_us(load.w) >= load.until_us || load.errors > 100)
		worker_stop(load.w);
	else
		next_call();
}

static void next_call(void)
{
	static const struct rpc_call_handler handler = {.data = on_data, .end = on_end};
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT;
	uint8_t packed[512], params[12] = {0, 1, 8, 0};
	uint64_t id = 1 + rng_below(load.max_id);
	struct iovec part = {packed, 0};
	char sql[80];
	struct err e;

	m.keyspace = load.keyspace;
	m.shard = load.shard;
	if (load.prepared) {
		snprintf(sql, sizeof(sql), "SELECT v FROM bench WHERE id = ?");
		memcpy(params + 4, &id, sizeof(id));
		m.flags = SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED;
		m.params = (ProtobufCBinaryData){sizeof(params), params};
		m.param_count = 1;
	} else {
		snprintf(sql, sizeof(sql), "SELECT v FROM bench WHERE id = %llu",
			 (unsigned long long)id);
	}
	m.sql = (ProtobufCBinaryData){strlen(sql), (uint8_t *)sql};
	part.iov_len = sluice__execute_request__pack(&m, packed);
	if (!rpc_call_start(load.client, METHOD_EXECUTE, &part, 1, 0, &handler, NULL, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct err e;
	uint64_t start;

	if (argc < 7)
		return 2;
	load.keyspace = argv[2];
	load.shard = argv[3];
	load.max_id = strtoull(argv[6], NULL, 10);
	load.prepared = argc > 7;
	load.w = worker_new("load", &e);
	load.client = load.w ? rpc_client_new(load.w, argv[1], NULL, NULL, NULL, NULL, &e) : NULL;
	if (!load.client) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	start = clk_mono_us();
	load.until_us = start + strtoull(argv[5], NULL, 10) * 1000000;
	for (unsigned i = 0; i < strtoul(argv[4], NULL, 10); i++)
		next_call();
	worker_run(load.w);
	printf("%.0f answers/s, %llu errors, %llu bytes\n",
	       (double)load.done * 1e6 / (double)(clk_mono_us() - start),
	       (unsigned long long)load.errors, (unsigned long long)load.bytes);
	rpc_client_free(load.client);
	worker_free(load.w);
	return load.errors != 0;
}
