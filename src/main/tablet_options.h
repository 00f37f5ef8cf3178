/* tablet_options - the settings of sluice-tablet. */
#ifndef MAIN_TABLET_OPTIONS_H
#define MAIN_TABLET_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/options.h"
#include "src/rpc/rpc_trust.h"

struct tablet_options {
	const char *alias, *keyspace, *shard, *type, *cell;
	const char *topo, *topo_user, *topo_password_file;
	struct rpc_trust_files rpc;
	const char *rpc_address, *web_address, *hostname;
	const char *data_dir, *mysql_template, *mysql_config;
	int64_t mysql_port, buffer_pool;
	bool durable, leave_mysqld;
	const char *attach_socket, *attach_user, *attach_password_file;
	const char *replication_password_file, *primary_address;
	int64_t pool_size, pool_waiters, pool_wait, pool_idle, prepared_per_connection,
		transaction_idle, pool_reserved, session_idle, write_timeout, statement_timeout,
		mysqld_timeout;
	int64_t workers, schema_poll, drain_timeout, max_replica_lag, binlog_expire;
	const char *io; /* as worker_io_parse() takes it */
	const char *log_level, *log_file, *pid_file;
};

extern const struct option_def tablet_option_defs[];
extern const size_t tablet_option_count;
#endif
