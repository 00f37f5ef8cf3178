/* vindex_int - what the files of the vindex types share; nobody outside src/shard includes it. */
#ifndef SHARD_VINDEX_INT_H
#define SHARD_VINDEX_INT_H
#include "src/shard/vindex.h"

struct vindex_param {
	char *name, *value; /* owned */
	bool known;	    /* some type's code asked for it */
};

/* What a type does. A NULL slot: the type has no such thing. */
struct vindex_ops {
	/* Reads the parameters, sets v->props where they depend on them, and v->state. */
	int (*init)(struct vindex *v, struct err *e);
	void (*fini)(struct vindex *v);
	/* @n is between 1 and props.columns, less than that only for partial types. Sets *out. */
	int (*map)(const struct vindex *v, const struct value *values, size_t n,
		   struct vindex_result *out, struct err *e);
	int (*between)(const struct vindex *v, const struct value *low, const struct value *high,
		       struct vindex_result *out, struct err *e);
	int (*prefix)(const struct vindex *v, struct str pattern, struct vindex_result *out,
		      struct err *e);
	int (*reverse)(struct str ksid, struct value *out);
	/* NULL: all columns are of props.domain. */
	enum vindex_domain (*domain)(const struct vindex *v, size_t column);
	struct vindex_props props;
	bool hashing; /* may be a part of a multicol, or a fallback */
};

struct vindex {
	const struct vindex_ops *ops; /* static */
	const char *type;	      /* static */
	char *name, *owner;	      /* owned */
	struct {
		struct vindex_param *v; /* owned */
		size_t len, cap;
	} params;
	struct vindex_props props;
	void *state; /* owned by the type: its fini frees it */
};

/* The parameter's value, or NULL; marks it as known. */
const char *vindex_ask(struct vindex *v, const char *name);

/* Setters of *out, all return 0. */
int vindex_out_ksid(struct vindex_result *out, const uint8_t *p, size_t n);
int vindex_out_u64(struct vindex_result *out, uint64_t be);
int vindex_out_kind(struct vindex_result *out, enum vindex_kind kind);
/* The range of all ids that start with the first @n bytes of out->buf. */
int vindex_out_prefix(struct vindex_result *out, size_t n);

/* What an integer vindex makes of a value. VINDEX_KSID: *num is set. */
enum vindex_kind vindex_to_u64(const struct value *v, uint64_t *num);
/* The bytes that the textual vindexes hash: integers as decimal digits (into @digits[24]), NULL as
 * nothing, the rest as it is. false: a double whose text is not known. */
bool vindex_to_text(const struct value *v, char *digits, struct str *out);

/* Declares the operations of every type. */
#define X(name, ops) extern const struct vindex_ops ops;
#include "src/shard/vindex_types.def"
#undef X

/* Single DES in ECB mode with a zero key over one block, as the type hash does, and back. */
uint64_t vindex_hash_u64(uint64_t num);
uint64_t vindex_hash_undo(uint64_t hashed);
/* XXH64 with seed 0, little-endian, into @out[8]. */
void vindex_xxhash_bytes(struct str text, uint8_t *out);
#endif
