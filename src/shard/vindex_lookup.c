/* vindex_lookup - the types whose mapping is a table in the database: lookup, consistent_lookup and
 * their kin. Here only their parameters are checked; a gate reads and maintains the table. */
#include <string.h>

#include "src/shard/vindex_int.h"

static int check_bool(struct vindex *v, const char *name, bool *out, struct err *e)
{
	const char *text = vindex_ask(v, name);

	*out = text && strcmp(text, "true") == 0;
	if (text && !*out && strcmp(text, "false") != 0)
		return err_set(e, ERR_INVALID, "%s must be true or false, not '%s'", name, text);
	return 0;
}

static int check_table(struct vindex *v, struct err *e)
{
	static const char *const needed[] = {"table", "from", "to"};
	const char *lock = vindex_ask(v, "read_lock"), *from;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const char *text = vindex_ask(v, needed[i]);

		if (!text || !*text)
			return err_set(e, ERR_INVALID, "needs %s", needed[i]);
	}
	if (lock && strcmp(lock, "exclusive") != 0 && strcmp(lock, "shared") != 0 &&
	    strcmp(lock, "none") != 0)
		return err_set(e, ERR_INVALID, "read_lock '%s' is none of exclusive, shared, none",
			       lock);
	v->props.columns = 1;
	for (from = vindex_ask(v, "from"); *from; from++)
		v->props.columns += *from == ',';
	return 0;
}

/* @flags: names of boolean parameters that the type has, NULL-terminated. */
static int check_params(struct vindex *v, const char *const *flags, struct err *e)
{
	bool on;

	if (check_table(v, e) < 0 || check_bool(v, "ignore_nulls", &on, e) < 0 ||
	    check_bool(v, "batch_lookup", &on, e) < 0 ||
	    check_bool(v, "write_only", &v->props.backfill, e) < 0)
		return -1;
	for (; *flags; flags++) {
		if (check_bool(v, *flags, &on, e) < 0)
			return -1;
	}
	return 0;
}

static int lookup_init(struct vindex *v, struct err *e)
{
	static const char *const flags[] = {"autocommit", "multi_shard_autocommit", "no_verify",
					    NULL};

	return check_params(v, flags, e);
}

static int consistent_init(struct vindex *v, struct err *e)
{
	static const char *const flags[] = {NULL};

	return check_params(v, flags, e);
}

static int cost_init(struct vindex *v, struct err *e)
{
	const char *cost = vindex_ask(v, "cost");
	uint64_t n;

	if (cost && (!str_to_u64(str_of(cost), &n) || n > 1000000))
		return err_set(e, ERR_INVALID, "cost must be a number up to 1000000");
	if (cost)
		v->props.cost = (unsigned)n;
	return lookup_init(v, e);
}

#define LOOKUP(name, init_fn, is_unique, base_cost)                                                \
	const struct vindex_ops name = {                                                           \
		.init = (init_fn),                                                                 \
		.props = {.domain = VINDEX_ANY,                                                    \
			  .unique = (is_unique),                                                   \
			  .lookup = true,                                                          \
			  .cost = (base_cost)},                                                    \
	}

LOOKUP(vindex_lookup_ops, lookup_init, false, 20);
LOOKUP(vindex_lookup_unique_ops, lookup_init, true, 10);
LOOKUP(vindex_lookup_hash_ops, lookup_init, false, 20);
LOOKUP(vindex_lookup_hash_unique_ops, lookup_init, true, 10);
LOOKUP(vindex_lookup_unicode_ops, lookup_init, false, 20);
LOOKUP(vindex_lookup_unicode_unique_ops, lookup_init, true, 10);
LOOKUP(vindex_lookup_consistent_ops, consistent_init, false, 20);
LOOKUP(vindex_lookup_consistent_unique_ops, consistent_init, true, 10);
LOOKUP(vindex_lookup_cost_ops, cost_init, false, 5);
