#include "src/wire/collation_id.h"

#include <stdint.h>

static const char *const names[256] = {
#define C(id, name) [id] = #name,
#define D(id, charset, bytes)
#include "src/wire/collation_id.def"
#undef C
#undef D
};

struct str collation_id_name(unsigned id)
{
	return id < sizeof(names) / sizeof(names[0]) && names[id] ? str_of(names[id])
								  : (struct str){0};
}

/* MariaDB's own: NO PAD ones are 1024 past the others, those of Unicode 14 have the character set
 * in the second byte, and a few stand 32 apart by character set. */
static struct str beyond_a_byte(unsigned id)
{
	static const char *const unicode[] = {"utf8mb3", "utf8mb4", "ucs2",
					      "utf16",	 "utf16",   "utf32"};
	static const char *const uca1400[] = {"utf8mb3", "utf8mb4", "ucs2", "utf16", "utf32"};

	if (id >= 2048)
		return (id - 2048) >> 8 < 5 ? str_of(uca1400[(id - 2048) >> 8]) : (struct str){0};
	if (id >= 1024)
		return collation_id_name(id - 1024);
	return id >= 576 && id < 768 ? str_of(unicode[(id - 576) / 32]) : (struct str){0};
}

struct str collation_id_charset(unsigned id)
{
	struct str charset = id < 256 ? collation_id_name(id) : beyond_a_byte(id), rest;

	str_cut(charset, '_', &charset, &rest);
	return charset;
}

unsigned collation_id_default(struct str charset, unsigned *bytes)
{
	static const struct {
		const char *charset;
		uint8_t id, bytes;
	} defaults[] = {
#define C(id, name)
#define D(id, name, n) {#name, id, n},
#include "src/wire/collation_id.def"
#undef C
#undef D
	};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (str_ieqz(charset, defaults[i].charset)) {
			*bytes = defaults[i].bytes;
			return defaults[i].id;
		}
	}
	return 0;
}
