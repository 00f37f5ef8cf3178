#include "gate/session/login.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_settings.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/session/throttle.h"
#include "gate/session/users.h"
#include "gate/vars/client_charset.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/blocking.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/wire/auth_server.h"
#include "src/wire/caps.h"
#include "src/wire/collation_id.h"
#include "src/wire/handshake.h"

#define LOGIN_CAPS                                                                                 \
	(CAP_LONG_PASSWORD | CAP_FOUND_ROWS | CAP_LONG_FLAG | CAP_CONNECT_WITH_DB | CAP_ODBC |     \
	 CAP_IGNORE_SPACE | CAP_PROTOCOL_41 | CAP_INTERACTIVE | CAP_IGNORE_SIGPIPE |               \
	 CAP_TRANSACTIONS | CAP_RESERVED | CAP_SECURE_CONNECTION | CAP_MULTI_STATEMENTS |          \
	 CAP_MULTI_RESULTS | CAP_PS_MULTI_RESULTS | CAP_PLUGIN_AUTH | CAP_CONNECT_ATTRS |          \
	 CAP_PLUGIN_AUTH_LENENC | CAP_DEPRECATE_EOF)

struct login {
	struct session *session; /* NULL: the session went away while a hash was checked */
	struct auth_server auth;
	struct users *users; /* ref */
	struct user *user;   /* borrowed from users; NULL: unknown */
	char *name, *db;     /* owned, what the client asked for */
	bool have_db, unix_socket, change, tls_next, working;
	bool with_password;	    /* the client proved something, right or wrong */
	bool waiting;		    /* for the timer */
	struct buf plugin, proof;   /* of the first reply */
	struct worker_timer *timer; /* owned; NULL: no wait */
	uint64_t offered;
};

static void free_login(struct login *l)
{
	auth_server_fini(&l->auth);
	worker_timer_free(l->timer);
	buf_fini(&l->plugin);
	buf_fini(&l->proof);
	snapshot_put(l->users ? &l->users->snap : NULL);
	free(l->name);
	free(l->db);
	free(l);
}

void login_free(struct session *s)
{
	struct login *l = s->login;

	if (!l)
		return;
	s->login = NULL;
	l->session = NULL;
	if (!l->working)
		free_login(l);
}

static bool is_loopback(const char *peer)
{
	return strncmp(peer, "127.", 4) == 0 || strncmp(peer, "[::1]", 5) == 0;
}

static struct login *make(struct session *s, bool unix_socket)
{
	struct gate *g = s->gw->gate;
	struct login *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->session = s;
	l->unix_socket = unix_socket;
	auth_server_init(&l->auth, unix_socket || stream_is_tls(s->conn.client.stream), g->keypair);
	l->auth.loopback = is_loopback(stream_peer(s->conn.client.stream));
	s->login = l;
	return l;
}

int login_start(struct session *s, bool unix_socket)
{
	struct gate *g = s->gw->gate;
	struct login *l = make(s, unix_socket);
	struct handshake_hello hello = {0};
	struct buf b;

	if (!l)
		return -1;
	l->offered = LOGIN_CAPS | (g->tls ? CAP_SSL : 0);
	hello.version = str_of(s->conn.ctx->settings->server_version);
	hello.connection_id = s->conn.vars.id;
	memcpy(hello.nonce, l->auth.nonce, sizeof(hello.nonce));
	hello.caps = l->offered;
	hello.charset = COLLATION_UTF8MB4_GENERAL_CI;
	hello.status = STATUS_AUTOCOMMIT;
	hello.plugin = str_of(auth_server_default_plugin);
	buf_init(&b);
	handshake_build_hello(&b, &hello);
	client_send_buf(&s->conn.client, &b);
	buf_fini(&b);
	return 0;
}

/* Tells the throttle how it went; over the unix socket nobody has to wait. */
static void note_result(struct session *s, bool ok)
{
	if (!s->login->unix_socket)
		throttle_result(s->gw->gate->throttle, str_of(s->conn.client.peer),
				str_of(s->login->name ? s->login->name : ""), ok,
				worker_now_us(s->conn.ctx->worker));
}

static void deny(struct session *s, const char *reason)
{
	struct login *l = s->login;
	struct err e;

	err_set(&e, ERR_ACCESS, "Access denied for user '%s'@'%s' (using password: %s)",
		l->name ? l->name : "", client_host(&s->conn.client),
		l->with_password ? "YES" : "NO");
	log_info("gate.login", "event=denied connection=%u user=\"%s\" peer=%s reason=\"%s\"",
		 s->conn.vars.id, l->name ? l->name : "", s->conn.client.peer, reason);
	metrics_add(metrics_id(METRIC_COUNTER, "sluice_gate_logins_denied_total", "",
			       "Logins refused."),
		    1);
	note_result(s, false);
	conn_send_error(&s->conn, &e);
	if (!l->change) {
		session_close(s, "access denied");
		return;
	}
	/* As a server: the connection stays the old user's, without what it had set. */
	session_reset(s);
	login_free(s);
	session_ready(s);
}

/* The proof holds: take the user's name and the database. */
static void accept_user(struct session *s)
{
	struct login *l = s->login;
	struct err e;

	if (l->auth.learned && l->user)
		users_fast_put(l->users, l->user, l->auth.fast);
	if (l->user->require_tls && !l->unix_socket && !stream_is_tls(s->conn.client.stream)) {
		deny(s, "needs TLS");
		return;
	}
	note_result(s, true);
	free(s->conn.vars.user);
	s->conn.vars.user = l->name;
	s->conn.vars.admin = l->user->admin;
	l->name = NULL;
	s->conn.limits = user_limits(l->user, &s->conn.ctx->settings->limits);
	if (l->change)
		session_reset(s);
	if (l->change || l->have_db)
		conn_default_target(&s->conn);
	if (l->have_db && l->db[0] && conn_use(&s->conn, str_of(l->db), &e) < 0) {
		conn_send_error(&s->conn, &e);
		session_close(s, "unknown database");
		return;
	}
	if (client_charset_login(&s->conn.vars, s->conn.client.charset, &e) < 0) {
		conn_send_error(&s->conn, &e);
		session_close(s, "character set");
		return;
	}
	login_free(s);
	session_logged_in(s);
}

static void act(struct session *s, enum auth_verdict v, struct buf *out);

static void work(void *arg)
{
	struct login *l = arg;

	auth_server_work(&l->auth);
}

static void work_done(void *arg)
{
	struct login *l = arg;
	struct buf out;

	l->working = false;
	if (!l->session) {
		free_login(l);
		return;
	}
	buf_init(&out);
	act(l->session, auth_server_finish(&l->auth), &out);
	buf_fini(&out);
}

static void act(struct session *s, enum auth_verdict v, struct buf *out)
{
	struct login *l = s->login;

	if (v != AUTH_DENIED && out->len)
		client_send_buf(&s->conn.client, out);
	switch (v) {
	case AUTH_SEND:
		break;
	case AUTH_SLOW:
		l->working = true;
		if (blocking_run(s->gw->gate->blocking, work, s->conn.ctx->worker, work_done, l) <
		    0) {
			l->working = false;
			session_close(s, "out of memory");
		}
		break;
	case AUTH_OK:
		accept_user(s);
		break;
	case AUTH_DENIED:
		deny(s, !l->user	 ? "unknown user"
			: l->auth.in_clear ? "the client sent its password in clear: it needs TLS"
					   : "wrong password");
		break;
	}
}

/* An empty password is sent as nothing, or as the end of its string. */
static bool says_something(struct str proof)
{
	return proof.n > 1 || (proof.n == 1 && proof.p[0]);
}

/* Looks the user up and judges the first proof. */
static void judge(void *arg)
{
	struct login *l = arg;
	struct session *s = l->session;
	struct auth_user found = {0};
	uint8_t fast[USERS_FAST];
	struct buf out;

	l->user = users_find(l->users, str_of(l->name), str_of(s->conn.client.peer));
	if (l->user && l->user->owner_only && !s->conn.client.owner)
		l->user = NULL;
	if (l->user) {
		found.hash = str_of(l->user->hash);
		if (users_fast_get(l->users, l->user, fast))
			found.fast = fast;
	}
	l->waiting = false;
	buf_init(&out);
	act(s,
	    auth_server_begin(&l->auth, l->user ? &found : NULL, buf_slice(&l->plugin),
			      buf_slice(&l->proof), &out),
	    &out);
	buf_fini(&out);
}

/* Takes what the client says of itself; after failures the proof is judged later. */
static void begin(struct session *s, const struct handshake_reply *r)
{
	struct login *l = s->login;
	uint64_t delay = 0;

	l->name = str_dup(r->user);
	l->db = str_dup(r->db);
	l->have_db = r->db.n > 0;
	l->with_password = says_something(r->auth);
	buf_str(&l->plugin, r->plugin);
	buf_str(&l->proof, r->auth);
	l->users = (struct users *)snapshot_acquire(&s->gw->gate->users, NULL);
	if (!l->name || !l->db || !l->users || l->plugin.failed || l->proof.failed) {
		session_close(s, "out of memory");
		return;
	}
	session_set_state(s, SESSION_AUTH);
	if (!l->unix_socket)
		delay = throttle_delay_us(s->gw->gate->throttle, str_of(s->conn.client.peer),
					  r->user, worker_now_us(s->conn.ctx->worker));
	if (delay)
		l->timer = worker_timer_new(s->conn.ctx->worker, judge, l);
	l->waiting = l->timer;
	if (l->waiting)
		worker_timer_arm(l->timer, delay);
	else
		judge(l);
}

static void first_reply(struct session *s, struct str payload)
{
	struct login *l = s->login;
	struct handshake_reply r;
	struct err e;

	if (handshake_parse_reply(payload, l->offered, &r, &e) < 0) {
		log_info("gate.login", "event=bad_handshake connection=%u peer=%s problem=\"%s\"",
			 s->conn.vars.id, s->conn.client.peer, e.msg);
		conn_send_error(&s->conn, &e);
		session_close(s, "bad handshake");
		return;
	}
	if (r.ssl_request) {
		l->tls_next = true;
		return;
	}
	if (r.caps & CAP_COMPRESS & ~l->offered) {
		err_set_mysql(&e, ERR_UNSUPPORTED, 1235, "42000",
			      "The compressed protocol is not supported yet: connect without it");
		conn_send_error(&s->conn, &e);
		session_close(s, "compression");
		return;
	}
	s->conn.client.caps = r.caps & l->offered;
	s->conn.client.charset = r.charset;
	if (s->conn.ctx->settings->require_tls && !l->unix_socket &&
	    !stream_is_tls(s->conn.client.stream)) {
		err_set_mysql(&e, ERR_DENIED, 3159, "HY000",
			      "Connections using insecure transport are prohibited while "
			      "--require-tls is on.");
		conn_send_error(&s->conn, &e);
		session_close(s, "TLS is required");
		return;
	}
	begin(s, &r);
}

bool login_wants_tls(const struct session *s)
{
	return s->login && s->login->tls_next;
}

void login_start_tls(struct session *s, const unsigned char *rest, size_t n)
{
	struct err e;

	s->login->tls_next = false;
	session_set_state(s, SESSION_SECURING);
	if (stream_start_tls(s->conn.client.stream, s->gw->gate->tls, true, NULL, rest, n, &e) < 0)
		session_close(s, e.msg);
}

void login_secured(struct session *s)
{
	s->login->auth.secure = true;
	session_set_state(s, SESSION_GREETED);
}

void login_packet(struct session *s, struct str payload)
{
	struct buf out;

	if (s->state == SESSION_GREETED) {
		first_reply(s, payload);
		return;
	}
	if (s->login->working || s->login->waiting)
		return; /* a client that talks out of turn; it will not get past the verdict */
	if (says_something(payload))
		s->login->with_password = true;
	buf_init(&out);
	act(s, auth_server_feed(&s->login->auth, payload, &out), &out);
	buf_fini(&out);
}

void login_change_user(struct session *s, struct str body)
{
	struct handshake_reply r;
	struct login *l;
	struct err e;

	if (handshake_parse_change_user(body, s->conn.client.caps, &r, &e) < 0) {
		conn_send_error(&s->conn, &e);
		session_close(s, "malformed COM_CHANGE_USER");
		return;
	}
	l = make(s, !s->conn.client.peer[0]);
	if (!l) {
		session_close(s, "out of memory");
		return;
	}
	l->change = true;
	/* The proof was made with the greeting's nonce, which is gone; an empty plugin name that
	 * does not match ours makes the server ask again with a new one. */
	r.plugin = STR_LIT("");
	r.auth = STR_LIT("");
	if (s->conn.client.caps & CAP_PLUGIN_AUTH)
		r.plugin = STR_LIT("-");
	s->conn.client.charset = r.charset ? r.charset : s->conn.client.charset;
	begin(s, &r);
}
