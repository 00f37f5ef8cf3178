#include "src/wire/collation_id.h"

static const char *const names[256] = {
#define C(id, name) [id] = #name,
#include "src/wire/collation_id.def"
#undef C
};

struct str collation_id_name(unsigned id)
{
	return id < sizeof(names) / sizeof(names[0]) && names[id] ? str_of(names[id])
								  : (struct str){0};
}

struct str collation_id_charset(unsigned id)
{
	struct str charset = collation_id_name(id), rest;

	str_cut(charset, '_', &charset, &rest);
	return charset;
}
