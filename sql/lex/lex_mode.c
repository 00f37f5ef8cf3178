/* Words of sql_mode to what they change in the tokens. */
#include "sql/lex/lex.h"

bool lex_mode_of(struct str sql_mode, uint32_t *mode)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} modes[] = {
#define MODE(name, bits) {#name, bits},
#include "sql/lex/modes.def"
#undef MODE
	};
	bool known = true;
	struct str one;

	*mode = 0;
	while (sql_mode.n) {
		size_t i = 0, n = sizeof(modes) / sizeof(modes[0]);

		str_cut(sql_mode, ',', &one, &sql_mode);
		one = str_trim(one);
		while (i < n && !str_ieqz(one, modes[i].name))
			i++;
		if (i < n)
			*mode |= modes[i].bits;
		else if (one.n)
			known = false;
	}
	return known;
}
