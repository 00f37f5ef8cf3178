/* VSchema and routing rules: whole documents, errors with place, printing back. */
#include "src/data/type.h"
#include "src/shard/routing_rules.h"
#include "src/shard/vschema.h"
#include "src/shard/vschema_match.h"
#include "test/lib/tap.h"

static const char whole[] =
	"{\n"
	"  \"sharded\": true,\n"
	"  \"vindexes\": {\n"
	"    \"hash\": {\"type\": \"hash\", \"params\": {\"odd\": \"1\"}},\n"
	"    \"mc\": {\"type\": \"multicol\", \"params\": {\"column_count\": \"2\"}},\n"
	"    \"look\": {\"type\": \"consistent_lookup_unique\", \"owner\": \"t1\",\n"
	"       \"params\": {\"table\": \"u.l\", \"from\": \"name\", \"to\": \"keyspace_id\"}}\n"
	"  },\n"
	"  \"tables\": {\n"
	"    \"t1\": {\n"
	"      \"column_vindexes\": [{\"column\": \"id\", \"name\": \"hash\"},\n"
	"         {\"columns\": [\"name\"], \"name\": \"look\"}],\n"
	"      \"auto_increment\": {\"column\": \"id\", \"sequence\": \"u.t1_seq\"},\n"
	"      \"columns\": [{\"name\": \"id\", \"type\": \"INT64\"},\n"
	"         {\"name\": \"e\", \"type\": \"ENUM\", \"values\": [\"a\", \"b\"], \"nullable\": "
	"false,\n"
	"          \"invisible\": true, \"default\": \"'a'\", \"collation_name\": "
	"\"utf8mb4_bin\",\n"
	"          \"size\": 10, \"scale\": 2}],\n"
	"      \"column_list_authoritative\": true\n"
	"    },\n"
	"    \"T1\": {\"columnVindexes\": [{\"columns\": [\"a\", \"b\"], \"name\": \"mc\"}]},\n"
	"    \"seq\": {\"type\": \"sequence\", \"pinned\": \"00\"},\n"
	"    \"ref\": {\"type\": \"reference\", \"source\": \"u.ref\"},\n"
	"    \"pin\": {\"pinned\": \"80c0\"}\n"
	"  },\n"
	"  \"require_explicit_routing\": true,\n"
	"  \"foreign_key_mode\": \"managed\",\n"
	"  \"multi_tenant_spec\": {\"tenant_id_column_name\": \"tid\", \"tenant_id_column_type\": "
	"\"INT64\"}\n"
	"}\n";

static void check_whole(const struct vschema *vs)
{
	const struct vschema_table *t = vschema_find_table(vs, str_of("t1"));
	const struct vschema_column *col;

	CHECK(vs->sharded && vs->require_explicit_routing);
	CHECK_INT(vs->foreign_key_mode, VSCHEMA_FK_MANAGED);
	CHECK_STR(vs->tenant_column, "tid");
	CHECK_INT(vs->table_count, 5);
	CHECK_INT(vs->vindex_count, 3);
	CHECK(t && t->vindex_count == 2 && t->type == VSCHEMA_TABLE);
	if (!t || t->vindex_count != 2)
		return;
	CHECK_STR(vindex_name(t->vindexes[0].vindex), "hash");
	CHECK_STR(t->vindexes[0].columns[0], "id");
	CHECK(!t->vindexes[0].owned && t->vindexes[1].owned);
	CHECK_STR(t->auto_column, "id");
	CHECK_STR(t->auto_sequence, "u.t1_seq");
	CHECK(t->columns_authoritative);
	col = vschema_find_column(t, str_of("E"));
	CHECK(col && col->value_count == 2 && !col->nullable && col->invisible && col->size == 10 &&
	      col->scale == 2);
	CHECK(vschema_find_column(t, str_of("id"))->nullable);
	CHECK(!vschema_find_column(t, str_of("zz")));
	t = vschema_find_table(vs, str_of("T1"));
	CHECK(t && t->vindex_count == 1 && t->vindexes[0].column_count == 2);
	CHECK(!vschema_find_table(vs, str_of("Seq")));
	CHECK_INT(vschema_find_table(vs, str_of("seq"))->type, VSCHEMA_SEQUENCE);
	CHECK_STR(vschema_find_table(vs, str_of("ref"))->source, "u.ref");
	t = vschema_find_table(vs, str_of("pin"));
	CHECK_MEM(t->pinned_to.p, t->pinned_to.n, "\x80\xc0", 2);
}

static void test_whole(void)
{
	struct err e;
	struct vschema *vs = vschema_read(str_of(whole), &e), *again;
	struct buf b, b2;

	CHECK(vs != NULL);
	if (!vs) {
		printf("# %s\n", e.msg);
		return;
	}
	check_whole(vs);
	CHECK_INT(vs->warning_count, 1);
	CHECK_STR(vs->warnings[0], "vindex hash: type hash has no parameter odd");
	buf_init(&b);
	buf_init(&b2);
	vschema_print(vs, true, &b);
	again = vschema_read(buf_slice(&b), &e);
	CHECK(again != NULL);
	if (again) {
		check_whole(again);
		vschema_print(again, true, &b2);
		CHECK_MEM(b.p, b.len, b2.p, b2.len);
		CHECK(vschema_get(again) == again);
		vschema_put(again);
	}
	vschema_put(again);
	vschema_put(vs);
	buf_fini(&b);
	buf_fini(&b2);
}

/* Reads a document that is wrong and returns the message. */
static const char *wrong(const char *text)
{
	static struct err e;
	struct vschema *vs;

	err_clear(&e);
	vs = vschema_read(str_of(text), &e);
	vschema_put(vs);
	return vs ? "accepted" : e.msg;
}

#define V                                                                                          \
	"\"vindexes\":{\"h\":{\"type\":\"hash\"},\"l\":{\"type\":\"lookup\",\"owner\":\"t\","      \
	"\"params\":"                                                                              \
	"{\"table\":\"a\",\"from\":\"b\",\"to\":\"c\"}},\"r\":{\"type\":\"region_experimental\","  \
	"\"params\":"                                                                              \
	"{\"region_bytes\":\"1\"}}},"
#define SHARDED(table) "{\"sharded\":true," V "\"tables\":{\"t\":" table "}}"

static void test_wrong(void)
{
	CHECK_STR(wrong("{\n\"sharded\": true,\n\"tables\": {\n\"t1\": {\n\"column_vindexs\": "
			"[]\n}}}"),
		  "line 5: tables.t1.column_vindexs: unknown field \"column_vindexs\"");
	CHECK_STR(wrong("{\"tables\":{\"t\":{\"columns\":[{\"name\":\"a\"},\n{\"nam\":\"b\"}]}}}"),
		  "line 2: tables.t.columns[1].nam: unknown field \"nam\"");
	CHECK_STR(wrong("{\n\"vindexes\":{\n\"x\":{\"type\":\"hsah\"}}}"),
		  "line 3: vindexes.x: vindex x: there is no vindex type 'hsah'");
	CHECK_STR(wrong("{\"sharded\": \"yes\"}"), "line 1: sharded: expected true or false");
	CHECK_STR(wrong("[]"), "expected an object");
	CHECK_STR(wrong("{\"sharded\": null, \"tables\": null}"), "accepted");
	CHECK(strcmp(wrong("{"), "accepted") != 0);
	CHECK_STR(wrong(SHARDED("{}")), "line 1: tables.t: the table has no primary vindex");
	CHECK_STR(wrong(SHARDED("{\"column_vindexes\":[{\"name\":\"x\",\"column\":\"a\"}]}")),
		  "line 1: tables.t.column_vindexes[0]: there is no vindex 'x'");
	CHECK_STR(wrong(SHARDED("{\"column_vindexes\":[{\"name\":\"l\",\"column\":\"a\"}]}")),
		  "line 1: tables.t: primary vindex l is not unique");
	CHECK_STR(wrong(SHARDED("{\"column_vindexes\":[{\"name\":\"h\",\"column\":\"a\","
				"\"columns\":[\"b\"]}]}")),
		  "line 1: tables.t.column_vindexes[0]: has both column and columns");
	CHECK_STR(wrong(SHARDED("{\"column_vindexes\":[{\"name\":\"h\"}]}")),
		  "line 1: tables.t.column_vindexes[0]: needs column or columns");
	CHECK_STR(wrong(SHARDED(
			  "{\"column_vindexes\":[{\"name\":\"h\",\"columns\":[\"a\",\"b\"]}]}")),
		  "line 1: tables.t: vindex h takes 1 columns, not 2");
	CHECK_STR(wrong(SHARDED("{\"column_vindexes\":[{\"name\":\"h\",\"column\":\"a\"},"
				"{\"name\":\"r\",\"columns\":[\"a\",\"b\"]}]}")),
		  "line 1: tables.t: vindex r has several columns and must be the primary one");
	CHECK_STR(wrong(SHARDED("{\"type\":\"sequence\"}")),
		  "line 1: tables.t: a sequence must be in an unsharded keyspace or be pinned");
	CHECK_STR(wrong(SHARDED("{\"type\":\"seq\"}")),
		  "line 1: tables.t.type: there is no table type 'seq'");
	CHECK_STR(wrong(SHARDED("{\"pinned\":\"xx\"}")),
		  "line 1: tables.t.pinned: 'xx' is no hexadecimal keyspace id");
	CHECK_STR(wrong(SHARDED("{\"type\":\"reference\",\"source\":\"a.b.c\"}")),
		  "line 1: tables.t.source: 'a.b.c' is not of the form keyspace.table");
	CHECK_STR(wrong("{\"tables\":{\"t\":{\"columns\":[{\"name\":\"a\"},{\"name\":\"A\"}]}}}"),
		  "line 1: tables.t: column A is listed twice");
	CHECK_STR(wrong("{\"tables\":{\"t\":{\"columns\":[{\"name\":\"a\",\"type\":\"INT\"}]}}}"),
		  "line 1: tables.t.columns[0]: there is no column type 'INT'");
	CHECK_STR(wrong("{\"tables\":{\"t\":{\"auto_increment\":{\"column\":\"a\"}}}}"),
		  "line 1: tables.t.auto_increment: needs both column and sequence");
	CHECK_STR(wrong("{\"foreign_key_mode\":\"maybe\"}"),
		  "line 1: foreign_key_mode: expected one of unspecified, disallow, unmanaged, "
		  "managed");
	CHECK_STR(
		wrong("{\"tables\":{\"t\":{\"columns\":[{\"name\":\"a\",\"size\":3000000000}]}}}"),
		"line 1: tables.t.columns[0].size: out of range");
	/* An owned lookup vindex cannot be the primary one. */
	CHECK_STR(wrong("{\"sharded\":true,\"vindexes\":{\"u\":{\"type\":\"lookup_unique\","
			"\"owner\":\"t\","
			"\"params\":{\"table\":\"a\",\"from\":\"b\",\"to\":\"c\"}}},\"tables\":{"
			"\"t\":"
			"{\"column_vindexes\":[{\"name\":\"u\",\"column\":\"a\"}]}}}"),
		  "line 1: tables.t: primary vindex u cannot be owned by its table");
}

static void test_rules(void)
{
	struct err e;
	struct routing_rules *rr =
		routing_rules_read(str_of("{\"routing_rules\":{\"rules\":[{\"from_table\":\"t\","
					  "\"to_tables\":[\"a.t\"]},"
					  "{\"from_table\":\"b.t@replica\",\"to_tables\":[]}]},"
					  "\"shard_routing_rules\":{\"rules\":[{\"from_keyspace\":"
					  "\"a\",\"to_keyspace\":\"b\","
					  "\"shard\":\"-80\"}]},"
					  "\"keyspace_routing_rules\":{\"rules\":[{\"from_"
					  "keyspace\":\"a\",\"to_keyspace\":\"b\"}]},"
					  "\"mirror_rules\":{\"rules\":[{\"from_table\":\"x\",\"to_"
					  "table\":\"y\",\"percent\":1.5}]}}"),
				   &e);
	struct routing_rules *again;
	struct buf b;

	CHECK(rr && rr->table_count == 2 && rr->shard_count == 1 && rr->keyspace_count == 1 &&
	      rr->mirror_count == 1);
	CHECK_STR(routing_rules_find(rr, str_of("t"))->to[0], "a.t");
	CHECK_INT(routing_rules_find(rr, str_of("b.t@replica"))->to_count, 0);
	CHECK(!routing_rules_find(rr, str_of("b.t")));
	buf_init(&b);
	routing_rules_print(rr, false, &b);
	again = routing_rules_read(buf_slice(&b), &e);
	CHECK(again && again->table_count == 2 && again->mirrors[0].percent == 1.5);
	buf_fini(&b);
	routing_rules_put(rr);
	routing_rules_put(again);
	rr = routing_rules_read(str_of("{\"rules\":[{\"from_table\":\"t\"}]}"), &e);
	CHECK(rr && rr->table_count == 1);
	routing_rules_put(rr);
	CHECK(!routing_rules_read(str_of("{\"rules\":[{\"to_tables\":[]}]}"), &e));
	CHECK(!routing_rules_read(
		str_of("{\"rules\":[{\"from_table\":\"t\"},{\"from_table\":\"t\"}]}"), &e));
	CHECK(!routing_rules_read(str_of("{\"rule\":[]}"), &e));
	CHECK(!routing_rules_read(str_of("{\"mirror_rules\":{\"rules\":[{\"percent\":101}]}}"),
				  &e));
}

/* A world of one table, t1(id BIGINT, name VARCHAR, at DATE), and the sequence u.t1_seq. */
static bool has_table(void *arg, const char *keyspace, const char *table)
{
	(void)arg;
	return !keyspace ? strcmp(table, "t1") == 0 : strcmp(keyspace, "u") == 0;
}

static bool has_column(void *arg, const char *table, const char *column, uint8_t *type, bool *text)
{
	static const struct {
		const char *name;
		uint8_t type;
	} columns[] = {{"id", TYPE_LONGLONG}, {"name", TYPE_VARCHAR}, {"at", TYPE_DATE}};

	(void)arg;
	for (size_t i = 0; i < 3 && !strcmp(table, "t1"); i++) {
		if (strcmp(columns[i].name, column) != 0)
			continue;
		*type = columns[i].type;
		*text = *type == TYPE_VARCHAR;
		return true;
	}
	return false;
}

static bool has_sequence(void *arg, const char *keyspace, const char *name)
{
	(void)arg;
	return (!keyspace || !strcmp(keyspace, "u")) && !strcmp(name, "t1_seq");
}

static void check_match(const char *text, unsigned problems, const char *says)
{
	static const struct vschema_world w = {NULL, has_table, has_column, has_sequence};
	struct vschema *vs;
	struct buf b;
	struct err e;

	vs = vschema_read(str_of(text), &e);
	CHECK(vs != NULL);
	if (!vs)
		return;
	buf_init(&b);
	CHECK_INT(vschema_match(vs, &w, &b), problems);
	CHECK_STR(buf_cstr(&b), says);
	buf_fini(&b);
	vschema_put(vs);
}

#define MC                                                                                         \
	"\"mc\":{\"type\":\"multicol\",\"params\":{\"column_count\":\"2\",\"column_vindex\":"      \
	"\"hash,unicode_loose_md5\"}}"
#define T1(vindexes)                                                                               \
	"{\"sharded\":true,\"vindexes\":{\"h\":{\"type\":\"hash\"},\"x\":{\"type\":\"xxhash\"}"    \
	"," MC "},\"tables\":{\"t1\":{\"column_vindexes\":[" vindexes "]"

static void test_match(void)
{
	check_match(T1("{\"column\":\"id\",\"name\":\"h\"}") "}}}", 0, "");
	check_match(T1("{\"column\":\"name\",\"name\":\"x\"}") "}}}", 0, "");
	check_match(T1("{\"columns\":[\"id\",\"name\"],\"name\":\"mc\"}") "}}}", 0, "");
	check_match(T1("{\"columns\":[\"name\",\"id\"],\"name\":\"mc\"}") "}}}", 2,
		    "vindex mc of type multicol is not made for the type of column t1.name; "
		    "vindex mc of type multicol is not made for the type of column t1.id");
	check_match(T1("{\"column\":\"at\",\"name\":\"x\"}") "}}}", 1,
		    "vindex x of type xxhash is not made for the type of column t1.at");
	check_match(T1("{\"column\":\"id\",\"name\":\"h\"}") ",\"auto_increment\":{\"column\":"
							     "\"id\",\"sequence\":\"u.t1_seq\"}}}}",
		    0, "");
	check_match(T1("{\"column\":\"id\",\"name\":\"h\"}") ",\"auto_increment\":{\"column\":"
							     "\"id\",\"sequence\":\"v.t1_seq\"}}}}",
		    1, "there is no sequence v.t1_seq (auto_increment of table t1)");
	check_match(
		"{\"tables\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{},\"f\":{},\"t1\":{}}}", 6,
		"there is no table a; there is no table b; there is no table c; there is no table "
		"d; "
		"and 2 more");
}

int main(void)
{
	struct vschema *empty = vschema_new_empty();

	CHECK(!empty->sharded && !vschema_find_table(empty, str_of("t")));
	vschema_put(empty);
	test_whole();
	test_wrong();
	test_rules();
	test_match();
	return TAP_DONE();
}
