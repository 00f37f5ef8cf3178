#include "gate/exec/auto_id.h"

#include <string.h>

#include "gate/exec/resolve.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "src/data/value.h"

/* Under NO_AUTO_VALUE_ON_ZERO 0 is a number like others. */
static bool zero_counts(const struct session_vars *v)
{
	const char *mode = v->sysvars ? hmap_get(v->sysvars, STR_LIT("sql_mode")) : NULL;

	return mode && strstr(mode, "NO_AUTO_VALUE_ON_ZERO");
}

static bool is_zero(const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return false;
	case VALUE_INT:
	case VALUE_UINT:
		return v->u == 0;
	case VALUE_DOUBLE:
		return v->d > -0.5 && v->d < 0.5;
	default: /* texts and decimals: '0', ' 0.0', '0e1', '' and words come to 0, too */
		for (size_t i = 0; i < v->s.n; i++)
			if (v->s.p[i] >= '1' && v->s.p[i] <= '9')
				return false;
		return true;
	}
}

bool auto_id_all_given(struct statement *st)
{
	const struct plan_auto_id *id = &st->plan->auto_id;
	bool zero = zero_counts(&st->conn->vars);
	uint32_t rows = 1;

	if (!id->known)
		return false;
	if (id->value.kind == PLAN_VALUE_ELEMENT)
		rows = fingerprint_group_of(&st->fp, id->value.slot)->rows;
	for (uint32_t i = 0; i < rows; i++) {
		struct value v;
		struct err e;

		if (resolve_value(st, &id->value, i, &v, &e) < 0 || v.type == VALUE_NULL ||
		    (is_zero(&v) && !zero))
			return false;
	}
	return true;
}

int auto_id_check(struct statement *st, struct err *e)
{
	if (!st->plan->auto_id.required || auto_id_all_given(st))
		return 0;
	return err_set(e, ERR_UNSUPPORTED,
		       "This version of Sluice doesn't yet support filling AUTO_INCREMENT column "
		       "'%s' of a sharded table: give each row a number",
		       st->plan->auto_id.column);
}
