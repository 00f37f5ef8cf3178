#include "gate/session/dispatch.h"

#include <stdio.h>

#include "gate/exec/query.h"
#include "gate/session/client_charset.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/kill.h"
#include "gate/session/login.h"
#include "gate/session/session.h"
#include "gate/session/stmt.h"
#include "gate/txn/finish.h"
#include "src/base/clk.h"
#include "src/base/metrics.h"
#include "src/wire/caps.h"
#include "src/wire/command.h"

static void fail(struct session *s, const struct err *e)
{
	session_send_error(s, e);
	session_done(s);
}

static void init_db(struct session *s, struct str name)
{
	struct err e;

	if (session_use(s, name, &e) < 0)
		session_send_error(s, &e);
	else
		session_send_done(s, 0, 0, false);
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
	session_send(s, text, (size_t)n);
	session_done(s);
}

static void reset_connection(struct session *s)
{
	struct err e;

	finish_release_all(s);
	session_reset(s);
	if (client_charset_login(s, &e) < 0) {
		fail(s, &e);
		return;
	}
	session_send_done(s, 0, 0, false);
	session_done(s);
}

static void set_option(struct session *s, const struct command *c)
{
	uint16_t option;
	struct buf b;
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
		s->caps |= CAP_MULTI_STATEMENTS;
	else
		s->caps &= ~CAP_MULTI_STATEMENTS;
	buf_init(&b);
	reply_build_end(&b, s->caps, 0, session_status(s));
	session_send(s, b.p, b.len);
	buf_fini(&b);
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
	st = stmt_find(s, id, c->id == CMD_STMT_RESET ? "mysqld_stmt_reset" : "mysqld_stmt_execute",
		       &e);
	if (!st) {
		fail(s, &e);
		return;
	}
	if (c->id == CMD_STMT_EXECUTE) {
		query_start_execute(s, st, c->body);
		return;
	}
	stmt_reset(st);
	session_send_done(s, 0, 0, false);
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
		st = stmt_find(s, id, "", NULL);
		if (st)
			stmt_close(s, st);
	} else if (c->id == CMD_STMT_SEND_LONG_DATA &&
		   command_long_data(c, &id, &param, &data, NULL) == 0) {
		st = stmt_find(s, id, "", NULL);
		if (st)
			stmt_append_long(s, st, param, data);
	}
	session_done(s);
}

static void process_kill(struct session *s, const struct command *c)
{
	uint32_t id;
	struct err e;

	if (command_kill(c, &id, &e) < 0)
		fail(s, &e);
	else
		kill_connection(s, id, true);
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
		query_start_text(s, c.body);
		break;
	case CMD_STMT_EXECUTE:
	case CMD_STMT_RESET:
		stmt_command(s, &c);
		break;
	case CMD_STMT_PREPARE:
		query_start_prepare(s, c.body);
		break;
	case CMD_STMT_CLOSE:
	case CMD_STMT_SEND_LONG_DATA:
		silent_command(s, &c);
		break;
	case CMD_INIT_DB:
		init_db(s, c.body);
		break;
	case CMD_PING:
		session_send_done(s, 0, 0, false);
		session_done(s);
		break;
	case CMD_QUIT:
		session_close(s, "quit");
		break;
	case CMD_RESET_CONNECTION:
		reset_connection(s);
		break;
	case CMD_CHANGE_USER:
		finish_release_all(s);
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
