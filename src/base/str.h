/* str - a slice of bytes that somebody else owns; never NUL-terminated by promise. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p; /* borrowed */
	size_t n;
};

#define STR_LIT(s) ((struct str){(s), sizeof(s) - 1})
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_of(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}

static inline struct str str_make(const void *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

/* Equal but for ASCII case, as SQL keywords and most names compare. */
bool str_ieq(struct str a, struct str b);
bool str_ieqz(struct str a, const char *z);
/* Orders by bytes, shorter first; <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, const char *prefix);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* Cuts @s at the first @c: *head before, *tail after it; false (head = all, tail empty) if none. */
bool str_cut(struct str s, char c, struct str *head, struct str *tail);
/* The whole of @s as a decimal number; false when it is not one or does not fit. */
bool str_to_u64(struct str s, uint64_t *out);
bool str_to_i64(struct str s, int64_t *out);
/* A fast, seedless 64-bit hash (XXH3) of @n bytes. */
uint64_t str_hash(const void *p, size_t n);
/* A NUL-terminated heap copy, NULL when out of memory; the caller frees it. */
char *str_dup(struct str s);
#endif
