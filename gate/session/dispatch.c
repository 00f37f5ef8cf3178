#include "gate/session/dispatch.h"

#include <stdio.h>
#include <stdlib.h>

#include "gate/base/gate_settings.h"
#include "gate/session/client_command.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/kill.h"
#include "gate/session/login.h"
#include "gate/session/session.h"
#include "gate/txn/commit.h"
#include "gate/vars/client_charset.h"
#include "gate/vars/stmt.h"
#include "src/base/clk.h"
#include "src/base/metrics.h"
#include "src/wire/caps.h"
#include "src/wire/command.h"

/* A COM_PROCESS_KILL that is under way; its session is looked up again afterwards. */
struct kill_wait {
	struct gate_worker *gw;
	uint32_t asker, target;
};

static void fail(struct session *s, const struct err *e)
{
	conn_send_error(&s->conn, e);
	session_done(s);
}

/* Commands that are no statements have no warnings, and leave those of the last statement listed. */
static void send_ok(struct conn *c)
{
	conditions_keep(&c->vars.conditions);
	conn_send_done(c, 0, 0, false);
}

static void init_db(struct session *s, struct str name)
{
	struct err e;

	if (conn_use(&s->conn, name, &e) < 0)
		conn_send_error(&s->conn, &e);
	else
		send_ok(&s->conn);
	session_done(s);
}

static void statistics(struct session *s)
{
	char text[256];
	int n;

	n = snprintf(text, sizeof(text),
		     "Uptime: %llu  Threads: %u  Questions: %lld  Slow queries: 0",
		     (unsigned long long)((clk_mono_us() - s->gw->gate->started_us) / 1000000u),
		     (unsigned)s->gw->gate->connections,
		     (long long)metrics_value(metrics_id(
			     METRIC_COUNTER, "sluice_gate_queries_total", "", "Statements run.")));
	client_send(&s->conn.client, text, (size_t)n);
	session_done(s);
}

static void reset_connection(struct session *s)
{
	struct err e;

	commit_release_all(s->conn.ctx, &s->conn.txn);
	session_reset(s);
	if (client_charset_login(&s->conn.vars, s->conn.client.charset, &e) < 0) {
		fail(s, &e);
		return;
	}
	send_ok(&s->conn);
	session_done(s);
}

static void set_option(struct session *s, const struct command *c)
{
	uint16_t option;
	struct err e;

	if (command_set_option(c, &option, &e) < 0) {
		fail(s, &e);
		return;
	}
	if (option > 1) {
		err_set(&e, ERR_UNKNOWN_COM, "Unknown command");
		fail(s, &e);
		return;
	}
	if (option == 0)
		s->conn.client.caps |= CAP_MULTI_STATEMENTS;
	else
		s->conn.client.caps &= ~CAP_MULTI_STATEMENTS;
	conn_send_end(&s->conn, 0, conn_status(&s->conn, false));
	session_done(s);
}

static void stmt_command(struct session *s, const struct command *c)
{
	struct stmt *st;
	uint32_t id;
	struct err e;

	if (command_stmt_id(c, &id, &e) < 0) {
		fail(s, &e);
		return;
	}
	st = stmt_find(&s->conn.vars.stmts, id,
		       c->id == CMD_STMT_RESET ? "mysqld_stmt_reset" : "mysqld_stmt_execute", &e);
	if (!st) {
		fail(s, &e);
		return;
	}
	if (c->id == CMD_STMT_EXECUTE) {
		client_command_start_execute(s, st, c->body);
		return;
	}
	stmt_reset(st);
	send_ok(&s->conn);
	session_done(s);
}

/* STMT_CLOSE and STMT_SEND_LONG_DATA have no answer, not even to a mistake. */
static void silent_command(struct session *s, const struct command *c)
{
	struct str data;
	struct stmt *st;
	uint16_t param;
	uint32_t id;

	if (c->id == CMD_STMT_CLOSE && command_stmt_id(c, &id, NULL) == 0) {
		st = stmt_find(&s->conn.vars.stmts, id, "", NULL);
		if (st)
			stmt_close(&s->conn.vars.stmts, st);
	} else if (c->id == CMD_STMT_SEND_LONG_DATA &&
		   command_long_data(c, &id, &param, &data, NULL) == 0) {
		st = stmt_find(&s->conn.vars.stmts, id, "", NULL);
		if (st)
			stmt_append_long(st, param, data,
					 (size_t)s->conn.ctx->settings->max_statement);
	}
	session_done(s);
}

static void killed(void *arg, bool found)
{
	struct kill_wait *w = arg;
	struct session *s = session_find(w->gw, w->asker);
	struct err e;

	if (s && s->state == SESSION_BUSY && !s->statement) {
		if (found) {
			send_ok(&s->conn);
		} else {
			err_set_mysql(&e, ERR_NOT_FOUND, 1094, "HY000", "Unknown thread id: %u",
				      w->target);
			conn_send_error(&s->conn, &e);
		}
		session_done(s);
	}
	free(w);
}

static void process_kill(struct session *s, const struct command *c)
{
	struct gate_kill k = {.asker = s->conn.vars.id, .user = s->conn.vars.user, .whole = true};
	struct kill_wait *w;
	struct err e;

	if (command_kill(c, &k.target, &e) < 0) {
		fail(s, &e);
		return;
	}
	if (k.target == k.asker) {
		err_set(&e, ERR_CANCELED, "Query execution was interrupted");
		s->conn.closing = true;
		fail(s, &e);
		return;
	}
	w = malloc(sizeof(*w));
	if (w)
		*w = (struct kill_wait){s->gw, k.asker, k.target};
	if (!w || kill_connection(s->gw, &k, killed, w) < 0) {
		free(w);
		err_set(&e, ERR_NOMEM, "out of memory");
		fail(s, &e);
	}
}

void dispatch_command(struct session *s, struct str payload)
{
	struct command c;
	struct err e;

	if (command_parse(payload, &c, &e) < 0) {
		fail(s, &e);
		return;
	}
	switch (c.id) {
	case CMD_QUERY:
		client_command_start_text(s, c.body);
		break;
	case CMD_STMT_EXECUTE:
	case CMD_STMT_RESET:
		stmt_command(s, &c);
		break;
	case CMD_STMT_PREPARE:
		client_command_start_prepare(s, c.body);
		break;
	case CMD_STMT_CLOSE:
	case CMD_STMT_SEND_LONG_DATA:
		silent_command(s, &c);
		break;
	case CMD_INIT_DB:
		init_db(s, c.body);
		break;
	case CMD_PING:
		send_ok(&s->conn);
		session_done(s);
		break;
	case CMD_QUIT:
		session_close(s, "quit");
		break;
	case CMD_RESET_CONNECTION:
		reset_connection(s);
		break;
	case CMD_CHANGE_USER:
		commit_release_all(s->conn.ctx, &s->conn.txn);
		login_change_user(s, c.body);
		break;
	case CMD_SET_OPTION:
		set_option(s, &c);
		break;
	case CMD_STATISTICS:
		statistics(s);
		break;
	case CMD_PROCESS_KILL:
		process_kill(s, &c);
		break;
	default:
		err_set(&e, ERR_UNKNOWN_COM, "Unknown command %s (0x%02x)", command_name(c.id),
			c.id);
		fail(s, &e);
	}
}
