/* Plans against test/golden/plans.txt: each case is "> statement" (or "@target statement") and what
 * the planner makes of it. With GOLDEN_UPDATE=1 the file is written anew, to be reviewed like code.
 */
#include <stdlib.h>

#include "gate/catalog/catalog.h"
#include "gate/plan/plan.h"
#include "gate/plan/plan_cache.h"
#include "gate/plan/planner.h"
#include "gate/plan/planner_input.h"
#include "sql/lex/lex.h"
#include "sql/norm/fingerprint.h"
#include "src/base/file.h"
#include "src/proto/tablet.pb-c.h"
#include "src/shard/vindex.h"
#include "test/lib/tap.h"
#include "topo/graph.h"
#include "topo/graph_build.h"

static const char customer_vschema[] =
	"{\"sharded\":true,\"vindexes\":{\"hash\":{\"type\":\"hash\"},\"xx\":{\"type\":\"xxhash\"},"
	"\"multi\":{\"type\":\"multicol\",\"params\":{\"column_count\":\"2\",\"column_bytes\":\"4,"
	"4\"}}},"
	"\"tables\":{\"users\":{\"column_vindexes\":[{\"column\":\"id\",\"name\":\"hash\"}]},"
	"\"orders\":{\"column_vindexes\":[{\"column\":\"user_id\",\"name\":\"hash\"}]},"
	"\"tags\":{\"column_vindexes\":[{\"column\":\"tag\",\"name\":\"xx\"}]},"
	"\"events\":{\"column_vindexes\":[{\"columns\":[\"region\",\"id\"],\"name\":\"multi\"}]},"
	"\"country\":{\"type\":\"reference\"}}}";

static void put(struct graph_source *src, const char *key, const char *value)
{
	if (graph_build_put(src, key, str_of(value)) < 0)
		abort();
}

static struct graph *make_graph(void)
{
	struct graph_source src;
	struct graph *g;
	char vschema[2048];

	graph_build_init(&src);
	put(&src, "global/keyspaces/main/keyspace", "{\"name\":\"main\"}");
	put(&src, "global/keyspaces/main/shards/-", "{\"keyspace\":\"main\",\"shard\":\"-\"}");
	put(&src, "global/keyspaces/customer/keyspace", "{\"name\":\"customer\",\"sharded\":true}");
	put(&src, "global/keyspaces/customer/shards/-80",
	    "{\"keyspace\":\"customer\",\"shard\":\"-80\"}");
	put(&src, "global/keyspaces/customer/shards/80-",
	    "{\"keyspace\":\"customer\",\"shard\":\"80-\"}");
	snprintf(vschema, sizeof(vschema), "%s", customer_vschema);
	put(&src, "global/keyspaces/customer/vschema", vschema);
	g = graph_build(&src, "zone1");
	graph_build_fini(&src);
	return g;
}

/* "name:type[:collation]" ... */
static Sluice__SchemaTable *table(const char *name, const char *const *columns, size_t n)
{
	static Sluice__SchemaTable tables[16];
	static size_t used;
	Sluice__SchemaTable *t = &tables[used++];

	sluice__schema_table__init(t);
	t->name = (char *)name;
	t->n_columns = n;
	t->columns = calloc(n, sizeof(*t->columns));
	for (size_t i = 0; i < n; i++) {
		struct str head, tail, type, coll;

		t->columns[i] = malloc(sizeof(*t->columns[i]));
		sluice__schema_column__init(t->columns[i]);
		str_cut(str_of(columns[i]), ':', &head, &tail);
		str_cut(tail, ':', &type, &coll);
		t->columns[i]->name = str_dup(head);
		t->columns[i]->collation = str_dup(coll);
		t->columns[i]->type = str_eqz(type, "int")    ? 3
				      : str_eqz(type, "dec")  ? 246
				      : str_eqz(type, "enum") ? 247
				      : str_eqz(type, "date") ? 10
							      : 253;
	}
	return t;
}

#define COLS(...)                                                                                  \
	(const char *const[]){__VA_ARGS__},                                                        \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static struct gate_catalog *make_catalog(void)
{
	Sluice__SchemaCollation ci = SLUICE__SCHEMA_COLLATION__INIT,
				bin = SLUICE__SCHEMA_COLLATION__INIT;
	Sluice__SchemaCollation *colls[] = {&ci, &bin};
	Sluice__SchemaReply m = SLUICE__SCHEMA_REPLY__INIT;
	Sluice__SchemaTable *tables[8];
	struct catalog_schema *s;
	struct gate_catalog *c, *c2;
	struct graph *g = make_graph();

	ci.name = (char *)"utf8mb4_general_ci";
	ci.id = 45;
	ci.pad_space = true;
	ci.space_weight = (ProtobufCBinaryData){2, (uint8_t *)(uintptr_t) "\0 "};
	bin.name = (char *)"utf8mb4_bin";
	bin.id = 46;
	bin.pad_space = true;
	bin.space_weight = (ProtobufCBinaryData){3, (uint8_t *)(uintptr_t) "\0\0 "};
	m.collations = colls;
	m.n_collations = 2;
	tables[0] = table("users", COLS("id:int", "name:text:utf8mb4_general_ci", "age:int",
					"balance:dec", "kind:enum"));
	tables[1] = table("orders", COLS("id:int", "user_id:int", "total:dec", "placed:date"));
	tables[2] = table("tags", COLS("tag:text:utf8mb4_bin", "n:int"));
	tables[3] = table("events", COLS("region:int", "id:int", "what:text:utf8mb4_general_ci"));
	tables[4] = table("country", COLS("code:text:utf8mb4_bin", "name:text:utf8mb4_general_ci"));
	m.tables = tables;
	m.n_tables = 5;
	s = catalog_schema_new(&m);
	c = catalog_new(g, NULL, STR_LIT("customer"), s);
	tables[0] = table("product", COLS("id:int", "name:text:utf8mb4_general_ci"));
	m.n_tables = 1;
	snapshot_put(&s->snap);
	s = catalog_schema_new(&m);
	c2 = catalog_new(g, c, STR_LIT("main"), s);
	snapshot_put(&s->snap);
	snapshot_put(&c->snap);
	snapshot_put(&g->snap);
	return c2;
}

/* --- plans as text --- */

static void print_value(const struct plan_value *v, struct buf *out)
{
	if (v->kind == PLAN_VALUE_SLOT)
		buf_printf(out, "$%u", v->slot);
	else if (v->kind == PLAN_VALUE_ELEMENT)
		buf_printf(out, "$%u[].%u", v->slot, v->column);
	else if (v->constant.type == VALUE_NULL)
		buf_puts(out, "NULL");
	else
		buf_printf(out, "%lld", (long long)v->constant.i);
}

static void print_routes(const struct plan *p, struct buf *out)
{
	static const char *const ops[] = {"none", "any",  "unsharded", "equal",
					  "in",	  "rows", "scatter"};

	for (uint32_t i = 0; i < p->route_count; i++) {
		const struct plan_route *r = &p->route[i];

		buf_printf(out, "  route %s", ops[r->op]);
		if (r->vindex)
			buf_printf(out, " %s(", vindex_name(r->vindex));
		for (uint32_t k = 0; r->vindex && k < r->columns; k++) {
			if (k)
				buf_puts(out, ", ");
			print_value(&r->value[k], out);
		}
		buf_puts(out, r->vindex ? ")\n" : "\n");
	}
}

static void print_keys(const char *what, const struct plan_key *k, uint32_t n, struct buf *out)
{
	if (!n)
		return;
	buf_printf(out, "  %s", what);
	for (uint32_t i = 0; i < n; i++) {
		buf_printf(out, " %u%s", k[i].column, k[i].descending ? "-" : "+");
		if (k[i].weight >= 0)
			buf_printf(out, "(weight %d%s)", k[i].weight, k[i].pad_space ? " pad" : "");
	}
	buf_u8(out, '\n');
}

static void print_merge(const struct plan_merge *m, struct buf *out)
{
	static const char *const ops[] = {"first", "count", "sum", "min", "max", "avg"};

	if (m->visible)
		buf_printf(out, "  visible %u\n", m->visible);
	print_keys("order", m->order, m->order_count, out);
	if (m->distinct)
		buf_puts(out, "  distinct\n");
	if (m->aggregate) {
		buf_printf(out, "  group %u:", m->group_count);
		for (uint32_t i = 0; i < m->agg_count; i++) {
			buf_printf(out, " %s", ops[m->agg[i].op]);
			if (m->agg[i].op == AGG_AVG)
				buf_printf(out, "(%u/%u)", m->agg[i].sum, m->agg[i].count);
		}
		buf_u8(out, '\n');
	}
	print_keys("sort", m->sort, m->sort_count, out);
	if (m->limit.present) {
		buf_puts(out, "  limit ");
		print_value(&m->limit.offset, out);
		buf_puts(out, ", ");
		print_value(&m->limit.count, out);
		buf_u8(out, '\n');
	}
}

static void print_plan(const struct plan *p, struct buf *out)
{
	static const char *const kinds[] = {"local", "query", "write", "ddl"};

	buf_printf(out, "  %s", kinds[p->kind]);
	if (p->kind == PLAN_LOCAL)
		buf_printf(out, " %d", p->local);
	if (p->keyspace)
		buf_printf(out, " %s", p->keyspace->name);
	if (p->flags)
		buf_printf(out, " flags=%u", p->flags);
	if (p->single_only)
		buf_puts(out, " single_only");
	for (uint32_t i = 0; i < p->guard_count; i++)
		buf_printf(out, " guard $%u=%.*s", p->guard[i].slot, STR_ARG(p->guard[i].text));
	buf_u8(out, '\n');
	print_routes(p, out);
	if (p->piece_count)
		buf_puts(out, "  sends ");
	for (uint32_t i = 0; i < p->piece_count; i++) {
		const struct piece *x = &p->piece[i];

		if (x->kind == PIECE_TEXT)
			buf_str(out, x->text);
		else if (x->kind == PIECE_SLOT)
			buf_printf(out, "{$%u}", x->slot);
		else if (x->kind == PIECE_GROUP)
			buf_printf(out, x->row ? "{$%u here}" : "{$%u}", x->slot);
		else if (x->kind == PIECE_LIMIT)
			buf_puts(out, "{limit}");
		else
			buf_printf(out, "{session %u}", x->slot);
	}
	if (p->piece_count)
		buf_u8(out, '\n');
	print_merge(&p->merge, out);
}

static void plan_case(struct gate_catalog *c, struct str line, struct buf *out)
{
	struct plan_context ctx = {.keyspace = "customer", .shard = ""};
	struct planner_input in = {.catalog = c, .context = &ctx, .memory = 1 << 20};
	struct lex_opts opts = {.mode = 0};
	struct fingerprint fp;
	struct str target;
	struct plan *p = NULL;
	char ks[64] = "customer";
	struct err e;

	in.text = line;
	if (line.n && line.p[0] == '@') {
		str_cut(line, ' ', &target, &in.text);
		snprintf(ks, sizeof(ks), "%.*s", (int)target.n - 1, target.p + 1);
		ctx.keyspace = ks;
		if (strchr(ks, ':')) {
			ctx.shard = strchr(ks, ':') + 1;
			*strchr(ks, ':') = 0;
		}
	}
	fingerprint_init(&fp);
	in.fp = &fp;
	if (fingerprint_scan(&fp, &opts, in.text, 0, 0, &e) == 0)
		p = planner_build(&in, &e);
	if (p)
		print_plan(p, out);
	else
		buf_printf(out, "  error %u %s\n", e.mysql_errno, e.msg);
	plan_free(p);
	fingerprint_fini(&fp);
}

int main(void)
{
	const char *dir = getenv("srcdir") ? getenv("srcdir") : "..";
	bool update = getenv("GOLDEN_UPDATE") != NULL;
	struct gate_catalog *c = make_catalog();
	struct buf file, all, got, want, name;
	struct str rest, line;
	char path[512];
	struct err e;

	buf_init(&file);
	buf_init(&all);
	buf_init(&got);
	buf_init(&want);
	buf_init(&name);
	snprintf(path, sizeof(path), "%s/test/golden/plans.txt", dir);
	if (file_read(path, &file, &e) < 0) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	rest = buf_slice(&file);
	while (rest.n) {
		struct str statement;

		str_cut(rest, '\n', &line, &rest);
		if (!str_starts(line, "> ")) {
			buf_printf(&all, "%.*s\n", STR_ARG(line));
			continue;
		}
		statement = str_make(line.p + 2, line.n - 2);
		buf_reset(&want);
		while (str_starts(rest, "  ")) {
			str_cut(rest, '\n', &line, &rest);
			buf_printf(&want, "%.*s\n", STR_ARG(line));
		}
		buf_reset(&got);
		plan_case(c, statement, &got);
		buf_printf(&all, "> %.*s\n%s", STR_ARG(statement), buf_cstr(&got));
		buf_reset(&name);
		buf_str(&name, statement);
		if (!tap_ok(update || str_eq(buf_slice(&got), buf_slice(&want)), buf_cstr(&name),
			    __FILE__, __LINE__))
			printf("# got:\n%s# expected:\n%s", buf_cstr(&got), buf_cstr(&want));
	}
	if (update)
		CHECK(file_write(path, buf_slice(&all), 0644, &e) == 0);
	snapshot_put(&c->snap);
	buf_fini(&file);
	buf_fini(&all);
	buf_fini(&got);
	buf_fini(&want);
	buf_fini(&name);
	return TAP_DONE();
}
