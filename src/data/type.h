/* type - MySQL's column types and column flags, as the wire protocol and the binary log number
 * them. Source: MySQL's field_types.h and mysql_com.h; MariaDB uses the same numbers. */
#ifndef DATA_TYPE_H
#define DATA_TYPE_H
#include <stdbool.h>
#include <stdint.h>

enum type_id {
	TYPE_DECIMAL = 0, /* before 5.0; servers send TYPE_NEWDECIMAL */
	TYPE_TINY = 1,
	TYPE_SHORT = 2,
	TYPE_LONG = 3,
	TYPE_FLOAT = 4,
	TYPE_DOUBLE = 5,
	TYPE_NULL = 6,
	TYPE_TIMESTAMP = 7,
	TYPE_LONGLONG = 8,
	TYPE_INT24 = 9,
	TYPE_DATE = 10,
	TYPE_TIME = 11,
	TYPE_DATETIME = 12,
	TYPE_YEAR = 13,
	TYPE_NEWDATE = 14,
	TYPE_VARCHAR = 15,
	TYPE_BIT = 16,
	TYPE_TIMESTAMP2 = 17, /* the "2" ones appear in the binary log only */
	TYPE_DATETIME2 = 18,
	TYPE_TIME2 = 19,
	TYPE_VECTOR = 242,
	TYPE_JSON = 245,
	TYPE_NEWDECIMAL = 246,
	TYPE_ENUM = 247,
	TYPE_SET = 248,
	TYPE_TINY_BLOB = 249,
	TYPE_MEDIUM_BLOB = 250,
	TYPE_LONG_BLOB = 251,
	TYPE_BLOB = 252,
	TYPE_VAR_STRING = 253,
	TYPE_STRING = 254,
	TYPE_GEOMETRY = 255,
};

enum type_flag {
	TYPE_FLAG_NOT_NULL = 1,
	TYPE_FLAG_PRI_KEY = 2,
	TYPE_FLAG_UNIQUE_KEY = 4,
	TYPE_FLAG_MULTIPLE_KEY = 8,
	TYPE_FLAG_BLOB = 16,
	TYPE_FLAG_UNSIGNED = 32,
	TYPE_FLAG_ZEROFILL = 64,
	TYPE_FLAG_BINARY = 128,
	TYPE_FLAG_ENUM = 256,
	TYPE_FLAG_AUTO_INCREMENT = 512,
	TYPE_FLAG_TIMESTAMP = 1024,
	TYPE_FLAG_SET = 2048,
	TYPE_FLAG_NO_DEFAULT = 4096,
	TYPE_FLAG_ON_UPDATE_NOW = 8192,
	TYPE_FLAG_NUM = 32768,
};

enum {
	TYPE_CHARSET_UTF8MB4 = 45, /* utf8mb4_general_ci */
	TYPE_CHARSET_BINARY = 63,
	TYPE_NOT_FIXED_DECIMALS = 31, /* of DOUBLE and FLOAT: print as many digits as needed */
};

/* What it takes to understand a value of a column. */
struct type_meta {
	uint8_t type; /* enum type_id; may hold a number we do not know */
	uint8_t decimals;
	uint16_t flags; /* enum type_flag */
	uint16_t charset;
};

static inline bool type_is_integer(uint8_t type)
{
	return type == TYPE_TINY || type == TYPE_SHORT || type == TYPE_LONG ||
	       type == TYPE_LONGLONG || type == TYPE_INT24 || type == TYPE_YEAR;
}

static inline bool type_is_temporal(uint8_t type)
{
	return type == TYPE_TIMESTAMP || type == TYPE_DATE || type == TYPE_TIME ||
	       type == TYPE_DATETIME || type == TYPE_NEWDATE || type == TYPE_TIMESTAMP2 ||
	       type == TYPE_DATETIME2 || type == TYPE_TIME2;
}

static inline bool type_is_decimal(uint8_t type)
{
	return type == TYPE_DECIMAL || type == TYPE_NEWDECIMAL;
}
#endif
