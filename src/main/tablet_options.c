#include "src/main/tablet_options.h"

#include "src/base/options.h"

#define AT(field) offsetof(struct tablet_options, field)

const struct option_def tablet_option_defs[] = {
	{"alias", OPTION_STRING, AT(alias), NULL, "CELL-UID", "The tablet's name, such as zone1-100.", 0, 0},
	{"keyspace", OPTION_STRING, AT(keyspace), NULL, "NAME", "The keyspace it serves; also its database on mysqld.", 0, 0},
	{"shard", OPTION_STRING, AT(shard), "-", "RANGE", "The shard it serves, such as -80.", 0, 0},
	{"type", OPTION_STRING, AT(type), "replica", "TYPE",
	 "What it starts as: primary, replica or rdonly. With a topology store the shard's record decides who is primary.",
	 0, 0},
	{"topo", OPTION_STRING, AT(topo), NULL, "URL",
	 "The topology store: sqlite:/path or etcd:http://host:port,... Without one the tablet stands alone.", 0, 0},
	{"topo-user", OPTION_STRING, AT(topo_user), NULL, "NAME", "User at the topology store.", 0, 0},
	{"topo-password-file", OPTION_STRING, AT(topo_password_file), NULL, "FILE", "Holds that user's password.", 0, 0},
	{"cell", OPTION_STRING, AT(cell), NULL, "NAME", "The cell it is in; the alias says so too.", 0, 0},
	{"rpc-address", OPTION_STRING, AT(rpc_address), "127.0.0.1:0", "ADDRESS",
	 "Where gates connect: host:port (port 0: a free one) or unix:/path.", 0, 0},
	{"web-address", OPTION_STRING, AT(web_address), "127.0.0.1:0", "ADDRESS", "Where status pages and metrics are.", 0, 0},
	{"hostname", OPTION_STRING, AT(hostname), NULL, "ADDRESS",
	 "The numeric address that others reach this machine by; default: that of --rpc-address.", 0, 0},
	{"data-dir", OPTION_STRING, AT(data_dir), NULL, "DIR", "Absolute path of the directory for mysqld's data, socket and log.", 0, 0},
	{"mysql-template", OPTION_STRING, AT(mysql_template), NULL, "DIR", "A data directory to copy for a new mysqld.", 0, 0},
	{"mysql-config", OPTION_STRING, AT(mysql_config), NULL, "FILE", "A configuration file that mysqld includes last.", 0, 0},
	{"mysql-port", OPTION_INT, AT(mysql_port), "0", "PORT", "TCP port of mysqld; 0: a free one, the same at every start.", 0, 65535},
	{"buffer-pool", OPTION_SIZE, AT(buffer_pool), "128M", "SIZE", "InnoDB's buffer pool.", 5242880, 1ll << 50},
	{"durable", OPTION_BOOL, AT(durable), "true", NULL, "Sync mysqld's logs at each commit.", 0, 0},
	{"leave-mysqld", OPTION_BOOL, AT(leave_mysqld), "false", NULL, "Leave mysqld running when the tablet ends.", 0, 0},
	{"attach-socket", OPTION_STRING, AT(attach_socket), NULL, "PATH", "Use the mysqld at this socket, which somebody else runs.", 0, 0},
	{"attach-user", OPTION_STRING, AT(attach_user), NULL, "NAME", "Administrator of that mysqld.", 0, 0},
	{"attach-password-file", OPTION_STRING, AT(attach_password_file), NULL, "FILE", "Holds the administrator's password.", 0, 0},
	{"replication-password-file", OPTION_STRING, AT(replication_password_file), NULL, "FILE",
	 "Holds the password of the replication user; all tablets of a shard need the same.", 0, 0},
	{"primary-address", OPTION_STRING, AT(primary_address), NULL, "HOST:PORT", "The mysqld to replicate from, when there is no topology store.", 0, 0},
	{"pool-size", OPTION_INT, AT(pool_size), "64", "N", "Connections to mysqld per worker for single statements, and as many for transactions.", 1, 10000},
	{"pool-waiters", OPTION_INT, AT(pool_waiters), "5000", "N", "Statements that may wait for a connection, per worker and pool.", 0, 1000000},
	{"pool-wait", OPTION_DURATION, AT(pool_wait), "10s", "TIME", "How long a statement waits for a connection.", 1000, 3600000000ll},
	{"pool-idle", OPTION_DURATION, AT(pool_idle), "5m", "TIME", "Connections idle for longer are closed.", 1000000, 86400000000ll},
	{"prepared-per-connection", OPTION_INT, AT(prepared_per_connection), "100", "N", "Prepared statements kept on a connection.", 1, 10000},
	{"transaction-idle", OPTION_DURATION, AT(transaction_idle), "10m", "TIME", "A transaction nobody uses for longer is rolled back.", 1000000, 86400000000ll},
	{"workers", OPTION_INT, AT(workers), "1", "N", "Threads that serve gates.", 1, 64},
	{"schema-poll", OPTION_DURATION, AT(schema_poll), "3s", "TIME", "How often to look for schema changes made directly on mysqld.", 100000, 3600000000ll},
	{"drain-timeout", OPTION_DURATION, AT(drain_timeout), "10s", "TIME", "How long SIGTERM waits for what is under way.", 0, 3600000000ll},
	{"log-level", OPTION_STRING, AT(log_level), "info", "LEVEL", "debug, info, warn or error.", 0, 0},
	{"pid-file", OPTION_STRING, AT(pid_file), NULL, "FILE", "Where to write the process id once it listens.", 0, 0},
};
const size_t tablet_option_count = sizeof(tablet_option_defs) / sizeof(tablet_option_defs[0]);
