"""Random expressions with JSON functions, from a seed: good and broken JSON, paths of every form, other functions around them."""
from eval_corpus import Generator

TEXTS = ["{}", "[]", "1", "-1.5", "1e2", "1.", "true", "false", "null", '"abc"', '"a\\"b"', '"a\\u00e9\\n"', "[1, 2, 3]", "[1,[2,[3]]]",
         '{"a":1}', '{"a": {"b": [1, 2, {"c": null}]}, "d": "x"}', '[{"a":1},{"a":"2"}]', ' { "a" : [ ] , "b" : { } } ', '{"a":1,"b":2,"a":3}',
         '["a", "b", "A"]', '{"a b": true}', '[1.0, 1e0, "1"]', '{"é": "日本"}', '[null, true]', "12.50", '"2020-01-01"', '["10:20:30"]', '{"a":"12x"}']
BROKEN = ["", "[1", '{"a":1', "[1,]", "abc", "01", '"a', "{a:1}", "[1}", "1 2", '{"a":[1,2', "nul", "[1,2]x", "\t"]
PATHS = ["$", "$.a", "$.b", "$[0]", "$[1]", "$[last]", "$[last-1]", "$[-1]", "$.a.b", "$.a[0]", "$.a.b[2].c", "$[0].a", "$.\"a b\"", "$.a b", "$.d", "$.é",
         "$[5]"]
WILD = ["$.*", "$[*]", "$**.a", "$[0 to 1]", "$.a.*", "$[*].a", "$**.b"]
WRONG = ["", "$x", "a", "$.", "$[", "$**", "$[]", "$ .a"]
# j JSON, p a path to one value, w any path, v any value, k a key, o "one" or "all".
FUNCTIONS = """JSON_VALID j|JSON_EXTRACT j w|JSON_EXTRACT j w|JSON_EXTRACT j w w|JSON_VALUE j p|JSON_VALUE j w|JSON_QUERY j w|JSON_UNQUOTE j|JSON_QUOTE v|JSON_TYPE j|
JSON_LENGTH j|JSON_LENGTH j p|JSON_DEPTH j|JSON_KEYS j|JSON_KEYS j p|JSON_CONTAINS j j|JSON_CONTAINS j j p|JSON_CONTAINS_PATH j o w|JSON_CONTAINS_PATH j o w w|
JSON_EXISTS j w|JSON_OBJECT k v|JSON_OBJECT k v k v|JSON_OBJECT|JSON_ARRAY v v|JSON_ARRAY v v v|JSON_ARRAY|JSON_COMPACT j|JSON_LOOSE j|JSON_SET j p v|JSON_SET j p v p v|
JSON_INSERT j p v|JSON_REPLACE j p v|JSON_REMOVE j p|JSON_REMOVE j p p|JSON_MERGE_PATCH j j|JSON_MERGE_PATCH j j j""".replace("\n", "").split("|")
AROUND = ["{} + 1", "{} = {}", "{} < 'b'", "'x' = {}", "CONCAT({}, v)", "IF({}, 1, 2)", "IF(nn, {}, {})", "COALESCE({}, {})", "CAST({} AS CHAR)", "CAST({} AS SIGNED)",
          "{} IS NULL", "LENGTH({})", "UPPER({})", "{} LIKE '%a%'", "{} IN ('1', 'a')", "HEX({})", "{} * 2.5", "NOT {}", "{} DIV 2", "{} BETWEEN '0' AND '9'",
          "CAST({} AS DECIMAL(10,2))", "YEAR({})", "{} | 0", "{} = 1", "{} = v", "GREATEST({}, 'x')"]


class JsonGenerator(Generator):
    def json(self, depth):
        r = self.r
        x = r.random()
        if x < 0.04:
            return "NULL"
        if depth > 0 and x < 0.3:
            return self.json_function(depth - 1)
        if x < 0.36:
            return r.choice(["nn", "de", "d", "v", "l", "tx", "n1", "da", "bn"])
        text = self.quoted(r.choice(BROKEN if x < 0.44 else TEXTS))
        return f"CONVERT({text} USING latin1)" if x > 0.97 else text

    def argument(self, letter, depth):
        r = self.r
        if letter == "j":
            return self.json(depth)
        if letter in "pw":
            x = r.random()
            if x < 0.03:
                return "NULL"
            return self.quoted(r.choice(WRONG if x < 0.08 else WILD if x < (0.4 if letter == "w" else 0.11) else PATHS))
        if letter == "o":
            return self.quoted(r.choice(["one", "all", "ALL", "one", "all", "x"]))
        if letter == "k":
            return self.quoted(r.choice(["a", "b", "k y", "é", 'q"', ""])) if r.random() < 0.8 else self.expr("text", 0)
        if letter == "v":
            if r.random() < 0.25:
                return self.json(depth)
            return self.expr(r.choice(["num", "text", "time"]), 1)
        return super().argument(letter, depth)

    def json_function(self, depth):
        name, *letters = self.r.choice(FUNCTIONS).split()
        return name + "(" + ", ".join(self.argument(a, depth) for a in letters) + ")"

    def next(self):
        x = self.json_function(self.r.choice([0, 0, 1, 2]))
        if self.r.random() < 0.7:
            return x
        pattern = self.r.choice(AROUND)
        return pattern.replace("{}", x, 1).replace("{}", self.json_function(1))
