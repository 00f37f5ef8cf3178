"""Takes the SQL statements out of the test scripts of Debian's mariadb-test-data package.

The scripts are for the program mysqltest, which mixes its own commands with SQL. What is known of it here: the
delimiter and its changes, comments, commands with and without "--", blocks (if, while), here-documents (perl, write_file,
append_file), eval, send and query in front of SQL. Nothing is run: SQL that has mysqltest's $variables in it is left
out, and of both branches of an "if" the statements are taken.

What a statement's meaning depends on is followed as far as it is written plainly: SET sql_mode = 'text', SET NAMES.
"""
import os
import re
from collections import namedtuple

ROOT = "/usr/share/mysql/mysql-test"

# sql: bytes; mode: text of sql_mode, None is the default; charset: of the client; multi: may be several statements
Statement = namedtuple("Statement", "file line mode charset sql multi")

# Commands of mysqltest; those that take SQL are handled apart.
COMMANDS = set("""
append_file assert cat_file change_user character_set chmod connect connection copy_file copy_files_wildcard dec delimiter die
diff_files dirty_close disable_abort_on_error disable_column_names disable_connect_log disable_cursor_protocol disable_info
disable_metadata disable_non_blocking_api disable_parsing disable_prepare_warnings disable_ps2_protocol disable_ps_protocol
disable_query_log disable_reconnect disable_result_log disable_rpl_parse disable_service_connection disable_session_track_info
disable_testcase disable_view_protocol disable_warnings disconnect echo enable_abort_on_error enable_column_names
enable_connect_log enable_cursor_protocol enable_info enable_metadata enable_non_blocking_api enable_parsing
enable_prepare_warnings enable_ps2_protocol enable_ps_protocol enable_query_log enable_reconnect enable_result_log
enable_rpl_parse enable_service_connection enable_session_track_info enable_testcase enable_view_protocol enable_warnings end
end_timer enable_optimizer_trace disable_optimizer_trace error exec exec_in_background execw exit file_exists force-cpdir force-rmdir
horizontal_results if inc let list_files list_files_append_file list_files_write_file lowercase_result mkdir move_file
optimizer_trace output perl ping query_get_value reap real_sleep reject remove_file remove_files_wildcard replace_column replace_numeric_round
replace_regex replace_result require reset_connection result rmdir rpl_parse save_master_pos send_quit send_shutdown
shutdown_server skip sleep sorted_result source start_timer sync_slave_with_master sync_with_master system
vertical_results wait_for_slave_to_stop while write_file write_line evalp sync_slave_with_master_
""".split())
WITH_SQL = {"eval", "evalp", "send", "send_eval", "query", "query_vertical", "query_horizontal", "execw_sql"}
WORD = re.compile(rb"[A-Za-z_][\w-]*")
VARIABLE = re.compile(rb"\$[A-Za-z_]")


class Reader:
    """Splits a script as mysqltest does: into commands that end with the delimiter, "--" lines and brackets."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.delimiter = b";"
        self.counted, self.lines = 0, 1

    def line(self):
        self.lines += self.data.count(b"\n", self.counted, self.at)
        self.counted = self.at
        return self.lines

    def rest_of_line(self):
        end = self.data.find(b"\n", self.at)
        end = len(self.data) if end < 0 else end
        text = self.data[self.at:end]
        self.at = min(end + 1, len(self.data))
        return text

    def here_document(self, end):
        """Skips the lines up to one that begins with @end."""
        while self.at < len(self.data):
            if self.rest_of_line().startswith(end):
                return

    def next(self):
        """(kind, text): "line" of a -- command, "query", "open" and "close" of a block; None at the end."""
        d, n = self.data, len(self.data)
        while self.at < n and d[self.at:self.at + 1].isspace():
            self.at += 1
        if self.at >= n:
            return None
        if d[self.at:self.at + 1] == b"#":
            self.rest_of_line()
            return "comment", b""
        if d.startswith(b"--", self.at):
            self.at += 2
            return "line", self.rest_of_line().strip()
        if d[self.at:self.at + 1] == b"}":
            self.at += 1
            return "close", b""
        return self.query()

    def query(self):
        d, start = self.data, self.at
        block = re.match(rb"(if|while)\b", d[start:start + 6], re.I)
        stop = re.compile(re.escape(self.delimiter) + rb"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`|\{", re.S)
        at = start
        while True:
            m = stop.search(d, at)
            if not m:
                break
            at = m.end()
            if m.group() == self.delimiter:
                self.at = at
                return "query", d[start:m.start()]
            if m.group() == b"{" and block:
                self.at = at
                return "open", d[start:m.start()]
        self.at = len(d)
        return "query", d[start:]


class Script:
    """The statements of one file, in order."""

    def __init__(self, path):
        self.path = path
        self.mode = None
        self.charset = "latin1"
        self.off = False  # --disable_parsing
        with open(path, "rb") as f:
            self.reader = Reader(f.read())

    def statements(self):
        while True:
            got = self.reader.next()
            if got is None:
                return
            kind, text = got
            if kind == "query":
                sql = self.command(text)
            elif kind == "line":
                sql = self.command(text, True)
            else:
                continue
            if sql:
                yield self.statement(sql)

    def statement(self, sql):
        sql = strip_comments(sql)
        s = Statement(os.path.relpath(self.path, ROOT), self.reader.line(), self.mode, self.charset, sql,
                      self.reader.delimiter != b";")
        self.follow(sql)
        return s

    def command(self, text, dashed=False):
        """A mysqltest command is carried out as far as it matters; of SQL, the text is returned."""
        text = text.strip()
        m = WORD.match(text)
        word = m.group().lower().decode() if m else ""
        rest = text[m.end():].strip() if m else b""
        if word == "enable_parsing":
            self.off = False
        if self.off:
            return None
        if word == "disable_parsing":
            self.off = True
        elif word == "delimiter":
            self.reader.delimiter = rest or self.reader.delimiter
        elif word == "perl":
            self.reader.rest_of_line() if not dashed else None
            self.reader.here_document(rest.rstrip(b";") or b"EOF")
        elif word in ("write_file", "append_file"):
            self.reader.rest_of_line() if not dashed else None
            words = rest.rstrip(b";").split()
            self.reader.here_document(words[1] if len(words) > 1 else b"EOF")
        elif word == "character_set":
            self.charset = charset(rest.decode("latin1"))
        elif word in WITH_SQL:
            return None if not rest or VARIABLE.search(rest) else rest
        elif word in COMMANDS or dashed or not text or text.startswith(b"$"):
            return None
        else:
            return text
        return None

    def follow(self, sql):
        """SET sql_mode and SET NAMES."""
        m = re.match(rb"\s*set\s+names\s+['\"]?(\w+)", sql, re.I)
        if m:
            self.charset = charset(m.group(1).decode())
        m = re.match(rb"\s*set\s+(?:session\s+|local\s+|@@session\.|@@local\.|@@)?sql_mode\s*:?=\s*(.*)$", sql, re.I | re.S)
        if m:
            value = re.match(rb"(?:'([\w ,]*)'|\"([\w ,]*)\"|(\w+))\s*$", m.group(1))
            text = next((g for g in value.groups() if g is not None), b"") if value else b"default"
            self.mode = None if text.lower() == b"default" else text.decode().upper()


def charset(name):
    name = name.lower()
    return "latin1" if name in ("default", "ucs2", "utf16", "utf16le", "utf32", "none") else name


def strip_comments(sql):
    """Without the whole-line comments before the statement, which mysqltest does not send."""
    while True:
        sql = sql.lstrip()
        if not re.match(rb"#|-- ", sql):
            return sql.rstrip()
        sql = sql.partition(b"\n")[2]


def files():
    found = []
    for top in ("main", "suite", "include"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            found += [os.path.join(folder, n) for n in names if n.endswith((".test", ".inc"))]
    return sorted(found)


def statements():
    """Those of all files, each text once for each mode and character set."""
    seen = set()
    for path in files():
        for s in Script(path).statements():
            key = (s.mode, s.charset, s.sql)
            if key not in seen:
                seen.add(key)
                yield s
