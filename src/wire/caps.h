/* caps - capability, status and command numbers of the MySQL protocol, written once.
 * Source: mysql_com.h of MySQL 8.0 and MariaDB 10.11. The 64-bit capability word has MariaDB's
 * extended capabilities in its upper half. */
#ifndef WIRE_CAPS_H
#define WIRE_CAPS_H
#include <stdint.h>

#define CAP_LONG_PASSWORD (1ull << 0) /* MariaDB: CLIENT_MYSQL; clear = extended capabilities */
#define CAP_FOUND_ROWS (1ull << 1)
#define CAP_LONG_FLAG (1ull << 2)
#define CAP_CONNECT_WITH_DB (1ull << 3)
#define CAP_NO_SCHEMA (1ull << 4)
#define CAP_COMPRESS (1ull << 5)
#define CAP_ODBC (1ull << 6)
#define CAP_LOCAL_FILES (1ull << 7)
#define CAP_IGNORE_SPACE (1ull << 8)
#define CAP_PROTOCOL_41 (1ull << 9)
#define CAP_INTERACTIVE (1ull << 10)
#define CAP_SSL (1ull << 11)
#define CAP_IGNORE_SIGPIPE (1ull << 12)
#define CAP_TRANSACTIONS (1ull << 13)
#define CAP_RESERVED (1ull << 14)
#define CAP_SECURE_CONNECTION (1ull << 15)
#define CAP_MULTI_STATEMENTS (1ull << 16)
#define CAP_MULTI_RESULTS (1ull << 17)
#define CAP_PS_MULTI_RESULTS (1ull << 18)
#define CAP_PLUGIN_AUTH (1ull << 19)
#define CAP_CONNECT_ATTRS (1ull << 20)
#define CAP_PLUGIN_AUTH_LENENC (1ull << 21)
#define CAP_EXPIRED_PASSWORDS (1ull << 22)
#define CAP_SESSION_TRACK (1ull << 23)
#define CAP_DEPRECATE_EOF (1ull << 24)
#define CAP_OPTIONAL_METADATA (1ull << 25)
#define CAP_ZSTD (1ull << 26)
#define CAP_QUERY_ATTRIBUTES (1ull << 27)
#define CAP_MFA (1ull << 28)
#define CAP_MARIADB_PROGRESS (1ull << 32)
#define CAP_MARIADB_COM_MULTI (1ull << 33)
#define CAP_MARIADB_BULK (1ull << 34)
#define CAP_MARIADB_EXTENDED_TYPES (1ull << 35)
#define CAP_MARIADB_CACHE_METADATA (1ull << 36)

enum status_flag {
	STATUS_IN_TRANS = 0x0001,
	STATUS_AUTOCOMMIT = 0x0002,
	STATUS_MORE_RESULTS = 0x0008,
	STATUS_NO_GOOD_INDEX = 0x0010,
	STATUS_NO_INDEX = 0x0020,
	STATUS_CURSOR_EXISTS = 0x0040,
	STATUS_LAST_ROW_SENT = 0x0080,
	STATUS_DB_DROPPED = 0x0100,
	STATUS_NO_BACKSLASH_ESCAPES = 0x0200,
	STATUS_METADATA_CHANGED = 0x0400,
	STATUS_QUERY_WAS_SLOW = 0x0800,
	STATUS_PS_OUT_PARAMS = 0x1000,
	STATUS_IN_TRANS_READONLY = 0x2000,
	STATUS_SESSION_STATE_CHANGED = 0x4000,
	STATUS_ANSI_QUOTES = 0x8000,
};

/* X(name, number) */
#define COMMAND_LIST(X)                                                                            \
	X(SLEEP, 0x00) X(QUIT, 0x01) X(INIT_DB, 0x02) X(QUERY, 0x03) X(FIELD_LIST, 0x04)          \
	X(CREATE_DB, 0x05) X(DROP_DB, 0x06) X(REFRESH, 0x07) X(SHUTDOWN, 0x08)                    \
	X(STATISTICS, 0x09) X(PROCESS_INFO, 0x0a) X(CONNECT, 0x0b) X(PROCESS_KILL, 0x0c)          \
	X(DEBUG, 0x0d) X(PING, 0x0e) X(TIME, 0x0f) X(DELAYED_INSERT, 0x10) X(CHANGE_USER, 0x11)   \
	X(BINLOG_DUMP, 0x12) X(TABLE_DUMP, 0x13) X(CONNECT_OUT, 0x14) X(REGISTER_SLAVE, 0x15)     \
	X(STMT_PREPARE, 0x16) X(STMT_EXECUTE, 0x17) X(STMT_SEND_LONG_DATA, 0x18)                  \
	X(STMT_CLOSE, 0x19) X(STMT_RESET, 0x1a) X(SET_OPTION, 0x1b) X(STMT_FETCH, 0x1c)           \
	X(DAEMON, 0x1d) X(BINLOG_DUMP_GTID, 0x1e) X(RESET_CONNECTION, 0x1f)                       \
	X(STMT_BULK_EXECUTE, 0xfa)

/* Named CMD_ because COM_ belongs to libmariadb's headers. */
enum command_id {
#define COMMAND_ENUM(name, number) CMD_##name = number,
	COMMAND_LIST(COMMAND_ENUM)
#undef COMMAND_ENUM
};

/* Session-track entry types of OK packets. */
enum track_type {
	TRACK_SYSTEM_VARIABLE = 0,
	TRACK_SCHEMA = 1,
	TRACK_STATE_CHANGE = 2,
	TRACK_GTIDS = 3,
	TRACK_TRX_CHARACTERISTICS = 4,
	TRACK_TRX_STATE = 5,
};

enum { MYSQL_ERRNO_OUT_OF_ORDER = 1156 };
#endif
