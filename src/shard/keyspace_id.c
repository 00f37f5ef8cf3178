#include "src/shard/keyspace_id.h"

#include "src/base/digest.h"

struct str keyspace_id_trim(struct str id)
{
	while (id.n > 0 && id.p[id.n - 1] == 0)
		id.n--;
	return id;
}

int keyspace_id_cmp(struct str a, struct str b)
{
	return str_cmp(keyspace_id_trim(a), keyspace_id_trim(b));
}

void keyspace_id_print(struct str id, char *out, size_t cap)
{
	size_t n = id.n < (cap - 1) / 2 ? id.n : (cap - 1) / 2;

	digest_hex((const uint8_t *)id.p, n, out);
}

int keyspace_id_parse(struct str hex, uint8_t *out, size_t cap)
{
	if (hex.n % 2 || hex.n / 2 > cap || digest_unhex(hex.p, hex.n, out) < 0)
		return -1;
	return (int)(hex.n / 2);
}
