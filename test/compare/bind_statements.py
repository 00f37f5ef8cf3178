"""Statements about names for test_bind.py: what each means is asked of a server."""

SCHEMA = """CREATE TABLE t (a INT, b INT, c VARCHAR(10));
CREATE TABLE u (b INT, d INT, Name VARCHAR(10));
CREATE TABLE w (a INT, b INT, d INT, e INT);
CREATE TABLE one (x INT);
CREATE TABLE hidden (p INT, q INT INVISIBLE);
CREATE VIEW v AS SELECT a, b + 1 AS s, c FROM t;
CREATE VIEW named (m, n) AS SELECT a, b FROM t;
CREATE VIEW nested AS SELECT s, c FROM v WHERE a > 0;
CREATE VIEW twice AS SELECT t.a, u.d FROM t JOIN u USING (b);
CREATE VIEW odd AS SELECT 'x ', 1, 1, a + 1, '' FROM t;
CREATE TABLE gone (a INT, b INT);
CREATE VIEW broken AS SELECT a, b FROM gone;
CREATE VIEW deeper AS SELECT * FROM broken;
ALTER TABLE gone DROP COLUMN b"""

# One statement a line.
STATEMENTS = r"""
select a from t
select A, t.B, bind_test.t.c from t
select * from t
select t.* from t
select bind_test.t.* from t
select *, a from t
select t.*, u.* from t, u
select u.*, t.* from t, u
select * from t, u
select * from hidden
select q from hidden
select hidden.* from hidden
select x.* from t
select nodb.t.* from t
select T.* from t
select t.* from t as y
select y.* from t as y
select *
select t.*
select 1
select 1, 2, 3
select 1+1
select 1  +   1
select  1 + 1 as x
select 1 + 1 x
select 1 'quoted alias'
select 'abc'
select ''
select '  abc'
select "abc"
select null
select NULL
select true
select False
select TRUE, true
select -1
select +1
select - 1
select 1.50
select 1e3
select 0x41
select x'41'
select b'101'
select N'abc'
select _utf8mb4'abc'
select date '2020-01-01'
select (1)
select ( 1 )
select (a) from t
select ((a)) from t
select a+b from t
select a + b from t
select a+ b, a +b, `a`+`b` from t
select `a` from t
select t . a from t
select count(*) from t
select COUNT( * ) from t
select count(distinct a) from t
select sum(a) + 1 from t
select max(a) m from t
select now() > 1
select if(a, b, c) from t
select case a when 1 then 2 else 3 end from t
select a /* comment */ + 1 from t
select a /* x */ from t
select /* x */ a+1 /* y */ from t
select (select a from t limit 1)
select (select 1)
select (select 1) as z
select exists (select 1 from t)
select a in (1, 2, 3) from t
select a between 1 and 2 from t
select not a from t
select !a from t
select a is null from t
select cast(a as char(10)) from t
select convert(c using utf8mb4) from t
select concat(c, 'x') from t
select c collate utf8mb4_bin from t
select @x
select @@version_comment is null
select interval 1 day + '2020-01-01'
select 'a' 'b'
select 'a' like 'b'
select 'it''s'
select "a\tb"
select 1 from dual
select a from dual
select nope
select nope from t
select t.nope from t
select t.nope
select (select t.nope) from u
select (select u.nope) from u
select a /*! + 1 */ from t
select /*! a+ */ 1 from t
select 1+1 -- x
select (('x'))
select '\x01y'
select + - 1
select a from t where x = (select 1 from nope)
select x.* from t order by (select 1 from nope)
select x.a from t
select nodb.t.a from t
select bind_test.t.nope from t
select a + nope from t
select f.g from t, u
select b from t, u
select t.b, u.b from t, u
select b from t join u
select b from t join u using (b)
select * from t join u using (b)
select t.*, u.* from t join u using (b)
select * from t left join u using (b)
select * from t right join u using (b)
select * from t natural join u
select * from t natural left join u
select * from t natural right join u
select * from t natural join w
select * from t natural right join w
select * from t join w using (b, a)
select * from t join w using (a, b)
select * from t join w using (a)
select b from t join w using (a)
select a from t join w using (a)
select t.a, w.a from t join w using (a)
select * from t join u using (nope)
select * from t join u using (a)
select * from t natural join one
select * from t natural join u natural join w
select * from t join u using (b) join w using (b)
select * from t join u on t.b = u.b join w using (b)
select * from t join u on t.b = u.b natural join one
select d from t natural join u natural join w
select * from (t, one) join u using (b)
select * from t, one join u on t.b = u.b
select * from t join one join u on t.b = u.b
select * from t join u on b = 1
select * from t join u on nope = 1
select * from t join u on a = 1 and d = 2
select * from t join u using (b) where b = 1
select * from t join u using (b) where t.b = u.b order by b
select a from t where nope = 1
select a from t where x.a = 1
select a as z from t where z = 1
select a as z from t order by z
select a as z from t group by z
select a as z from t having z > 1
select a as z from t having a > 1
select a as z from t order by a
select a as z from t order by t.a
select a as z from t order by z + 1
select a as z from t group by z + 1
select a as z from t group by nope
select a from t order by nope
select a from t order by nope + 1
select a from t having nope
select a from t having b > 1
select a from t group by b having b > 1
select a from t group by b having c > 1
select a, sum(b) from t group by a having sum(c) > 1
select a, sum(b) s from t group by a having s > 1
select a from t group by a having count(*) > nope
select a from t having sum(nope) > 1
select a from t order by 1
select a from t order by 2
select a from t order by 0
select a, b from t order by 2, 1
select a from t group by 1
select a from t group by 2
select * from t order by 3
select * from t order by 4
select a x, b x from t order by x
select a x, a x from t order by x
select a, b as a from t order by a
select a, b as a from t group by a
select a + 1 as b, b from t order by b
select a as b, b as a from t order by a, b
select a as b from t group by b
select b, d from t join u using (b) order by t.b
select t.b from t, u order by b
select t.b, u.b from t, u order by b
select t.b as z from t, u order by b
select a from t, w
select t.a from t, w order by a
select t.a from t, w group by a
select * from t where a = (select 1, 2)
select * from t where (a, b) = (select 1, 2)
select * from t where (a, b) = (1, 2, 3)
select * from t where (a, b) = 1
select * from t where a = (1, 2)
select * from t where a in (select 1, 2)
select * from t where (a, b) in (select 1, 2)
select * from t where (a, b) in (select 1)
select * from t where (a, b) in ((1, 2), (3, 4))
select * from t where (a, b) in ((1, 2), 3)
select * from t where a in ((1, 2))
select (1, 2)
select (select 1, 2)
select (select * from t)
select a from t where exists (select * from u where u.b = t.b)
select a from t where exists (select * from u where u.b = t.nope)
select a from t where exists (select * from u where b = a)
select a from t where exists (select nope from u)
select (select a) from t
select (select t.a from u limit 1) from t
select a as z, (select z) from t
select a from t where (select a from one limit 1) = 1
select a as z from t where (select z from one limit 1) = 1
select a from t having (select a from one limit 1) = 1
select a from t where a > all (select b from u)
select a from t where a > any (select b, d from u)
select sum(a) from t where sum(a) > 1
select a from t group by sum(a)
select sum(sum(a)) from t
select a from t where count(*) > 1
select a from t join u on sum(a) = 1
select a from t order by sum(a)
select a from nope
select a from nodb.nope
select nope from nope
select nope from t, nope2
select * from t, t
select * from t join t
select * from t x, t x
select * from t x, u x
select * from t, t y
select * from t x, nope y
select * from (select 1) x
select * from (select 1, 2) x
select * from (select 1, 1) x
select * from (select a, b as a from t) x
select * from (select * from t, u) x
select * from (select a from t) x
select x.a from (select a from t) x
select x.b from (select a from t) x
select b from (select a from t) x
select a from (select a as z from t) x
select * from (select a z, b from t) x join u using (b)
select * from (select nope from t) x
select * from t, (select t.a) x
select * from (select a + 1 from t) x
select `a + 1` from (select a + 1 from t) x
select * from (select count(*) from t) x
select * from (select a from t) x, (select a from t) x
select * from (select a from t) t, t
select a from v
select * from v
select s from v
select b from v
select v.a, v.s from v
select * from v natural join t
select * from named
select m, n from named
select a from named
select * from v join u on v.s = u.b where v.c = 'x'
with x as (select a from t) select * from x
with x as (select a from t) select b from x
with x (z) as (select a from t) select z from x
with x (z) as (select a from t) select a from x
with x (y, z) as (select a from t) select * from x
with x as (select nope from t) select 1
with x as (select a from t), y as (select * from x) select * from y
with x as (select a from t) select * from x, x as y
with x as (select a from t) select * from x, x
with x as (select 1), x as (select 2) select * from x
with t as (select 1 as z) select * from t
with t as (select 1 as z) select a from t
with t as (select 1 as z) select * from bind_test.t
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select * from r
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select m from r
with recursive r (n) as (select 1 union all select n + 1 from r where n < 5) select n from r
with recursive r (n) as (select 1 union all select m + 1 from r) select n from r
select a from t union select b from u
select a from t union select b, d from u
select a, b from t union select 1
select a from t union select b from u order by a
select a from t union select b from u order by b
select a from t union select b from u order by 2
select a from t union select b from u order by 1
select a as z from t union select b from u order by z
select a as z from t union select b from u order by a
select a from t union select nope from u
select nope from t union select b, d from u
select 1 union select 2 union select 3, 4
(select a from t order by nope) union select 1
(select a from t) union (select b from u) order by a
select * from (select a from t union select b from u) x
select * from t where a in (select 1 union select 2)
select a from t intersect select b from u
select a from t except select b, d from u
select a, row_number() over (order by b) from t
select row_number() over (order by nope) from t
select sum(a) over (partition by b) from t
select sum(a) over (partition by nope) from t
select sum(a) over w1 from t window w1 as (order by a)
select sum(a) over (partition by b order by c) as z from t order by z
select group_concat(a order by b) from t
select group_concat(a order by nope) from t
select group_concat(nope) from t
select name from u
select NAME from u
select u.nAmE from u
select * from u where name = 'x'
select distinct a from t
select distinct a from t order by b
select a from t limit 1
select t.a from t as x
select x.a from t as x
select X.a from t as x
select a from T
select a aa, b bb from t group by aa, bb having aa > bb order by bb
select straight_join * from t join u using (b)
select t.a, (select max(u.d) from u where u.b = t.b) m from t order by m
select t.a from t where (select count(*) from u where u.b = t.b and u.d = nope) = 1
select t.a from t where t.b in (select b from u where d in (select e from w where w.a = t.a and w.d = u.d))
select t.a from t where t.b in (select b from u where d in (select e from w where w.a = t.x))
insert into t values (1, 2, 'x')
insert into t values (1, 2)
insert into t values (1, 2, 'x'), (1)
insert into t (a, b) values (1, 2)
insert into t (a, nope) values (1, 2)
insert into t (a, a) values (1, 2)
insert into t (a, b) values (1)
insert into t (a, b) values (1, a)
insert into t (a, b) values (1, nope)
insert into t (t.a, b) values (1, 2)
insert into t (x.a, b) values (1, 2)
insert into nope values (1)
insert into t () values ()
insert into t (a) values ((select b from u))
insert into t (a) values ((select b, d from u))
insert into t (a) values ((select nope from u))
insert into hidden values (1)
insert into hidden values (1, 2)
insert into t select * from w
insert into t (a, b) select b, d from u
insert into t (a, b) select b from u
insert into t (a, b) select nope, d from u
insert into t set a = 1, b = a
insert into t set nope = 1
insert into t set a = nope
insert into t (a) values (sum(1))
insert into t (a) select b from u where nope = 1
replace into t (a, b) values (1, 2), (3)
update t set a = b + 1 where c = 'x' order by b
update t set nope = 1
update t set a = nope
update t set a = 1 where nope = 1
update t set a = nope where nope2 = 1
update t set a = 1 order by nope
update t x set x.a = 1 where t.a = 1
update t x set t.a = 1
update nope set a = 1
update t set a = (select max(d) from u where u.b = t.b)
update t set a = (select max(nope) from u where u.b = t.b)
update t set a = 1, a = 2
update t set a = sum(b)
delete from t where a = 1
delete from t where nope = 1
delete from t where a in (select b from u where d = c)
delete from t where a in (select b from u where d = nope)
delete from t order by nope limit 1
delete from t order by a limit 1
delete from nope
update t, u set t.a = 1, u.d = 2 where t.b = u.b
update t join u using (b) set a = 1
update t join u using (b) set b = 1
update t join u on t.b = u.b set b = 1
update t, u set b = 1
update t, u set x.a = 1
update t, u set t.nope = 1
update t, u set a = nope
update t, u set a = 1 where nope = 1
update t x, u y set x.a = y.d where x.b = y.b
update t x, u y set t.a = y.d where x.b = y.b
update t, (select b as z from u) y set t.a = y.z
update t, (select b as z from u) y set y.z = 1
update t, (select b as z from u) y set z = 1
update (select * from t) y set a = 1
update t, v set t.a = v.s
update t, v set v.s = 1
update t, v set v.a = 1
update v set a = 1
update v set s = 1
update t natural join u set a = 1 where d = 2
update t, t set a = 1
update t x, t y set x.a = y.a
update t, nope set a = 1
update t, u set a = (select max(w.d) from w where w.a = t.a)
update t, u set a = (select max(w.d) from w where w.a = u.nope)
update t, u set a = 1 order by d
update t, u set a = 1 order by nope
update t, u set a = 1 order by d limit 1
update t, u set a = 1 where sum(d) > 1
update t left join u on t.b = u.nope set a = 1
update t left join u on t.b = nope set a = nope2
update t, u set a = 1, a = 2
update t, u set bind_test.t.a = 1
update t, u set nodb.t.a = 1
update t, u set a = default, u.d = default(d)
update t set a = default(nope)
delete t from t
delete t from t, u where t.b = u.b
delete t, u from t, u where t.b = u.b
delete t.* from t, u where t.b = u.b
delete t.*, u.* from t, u where a = d
delete from t using t, u where t.b = u.b
delete from t.* using t, u where t.b = u.b
delete from t, u using t join u using (b) where a = 1
delete x from t x, u y where x.b = y.b
delete t from t x, u y where x.b = y.b
delete from x using t as x where x.a = 1
delete from t using t as x where x.a = 1
delete bind_test.t from t
delete bind_test.x from t x
delete nodb.t from t
delete t from t, u where b = 1
delete t from t, u where nope = 1
delete u from t
delete t, t from t
delete x from t x, u x
delete y from t, (select 1 as z) y
delete v from v, t
delete v from v
delete t from t join u on t.b = u.nope
delete t from t join u using (a)
delete t from nope, t
delete nope from t
delete t from t where a in (select b from u where d = c)
delete t from t where a in (select a from t)
delete t from t where a in (select b from u where d = nope)
delete from t where a = 1 returning *
delete from t where a = 1 returning a, b + 1 as z, t.c
delete from t where a = 1 returning nope
delete from t returning count(*)
delete from t returning t.*
delete from t returning u.*
delete from t returning (select max(d) from u where u.b = t.b) m
delete x.* from t as x
delete X from t as x
delete t from bind_test.t
delete bind_test.t from bind_test.t
delete t from bind_test.t x
delete x from bind_test.t x
delete bind_test.t, u from t, bind_test.u
insert into t (a) values (1) returning a
insert into t (a) values (1) returning *
insert into t (a) values (1) returning t.*, a + 1
insert into t (a) values (1) returning nope
insert into t (a) values (1) returning sum(a)
insert into t (a) select b from u returning a, b
insert into t (a) select b from u returning d
insert into t set a = 1 returning b as z
replace into t (a) values (1) returning a
insert into t (a) values (1) returning (select max(d) from u)
insert into t (a) values (1) returning (select a)
insert into t (a) values (1) on duplicate key update a = 2
insert into t (a) values (1) on duplicate key update a = values(a) + 1
insert into t (a) values (1) on duplicate key update a = values(nope)
insert into t (a) values (1) on duplicate key update nope = 1
insert into t (a) values (1) on duplicate key update a = nope
insert into t (a) values (1) on duplicate key update a = b + t.c
insert into t (a) values (1) on duplicate key update t.a = 1, x.b = 2
insert into t (a) values (1) on duplicate key update a = value(b)
insert into t (a) values (1) on duplicate key update a = (select max(d) from u)
insert into t (a) values (1) on duplicate key update a = (select max(d) from u where u.b = t.a)
insert into t (a) values (1) on duplicate key update a = sum(a)
insert into t (a) select b from u on duplicate key update a = d
insert into t (a) select b from u on duplicate key update a = b
insert into t (a) select b from u on duplicate key update a = u.b
insert into t (a) select b from u on duplicate key update t.a = u.d
insert into t (a) select b from u on duplicate key update t.a = values(a)
insert into t (a) select u.b from u, w on duplicate key update t.c = e
insert into t (a) select u.b from u, w on duplicate key update t.c = d
insert into t (a) select u.b z from u group by u.b on duplicate key update t.c = d
insert into t (a) select u.b z from u on duplicate key update t.c = z
insert into t (a) select distinct u.b z from u on duplicate key update t.c = d
insert into t (a) select b from u union select d from u on duplicate key update t.c = d
insert into t (a) select b from u union select d from u on duplicate key update t.c = 1
insert into t (a) select b from u union select d from u on duplicate key update a = b
insert into t (a) select b from t on duplicate key update a = b
insert into t (a) select x.b from t x on duplicate key update a = b
insert into t (a) select x.b from t x on duplicate key update t.a = x.b
insert into t (a) select x.b from (select * from u) x on duplicate key update t.a = x.b
insert into t (a) select x.b from (select * from u) x on duplicate key update t.a = d
insert into t (a, b) values (1, default(a))
insert into t (a, b) values (1, default)
insert into t (b, a) values (1, b + 1)
insert into t values (a, b, c)
insert into t (a) values (x.a)
insert into v (a) values (1)
insert into v (s) values (1)
insert into v values (1, 2, 3)
insert into named (m, n) values (1, 2)
insert into named (m) values (1)
insert into named (a) values (1)
insert into hidden (p, q) values (1, 2)
insert into hidden () values ()
insert into t select 1, 2, 3 from u
insert into t select a, b from w
insert into t select * from u
insert into t (a, b, c) select * from u
insert into t () select * from u
insert into t (a) select a from t
insert into t (a) select sum(b) from u where nope = 1
insert into t (a) with x as (select b from u) select b from x
insert into t (a) with x as (select b from u) select c from x
insert into t (a) (select b from u)
insert into t (a) select b from u order by nope
insert into t (a) select b from u limit 1
insert into t (a) values ((select a from t))
insert into t values (1,2,3) , (1,2)
insert into nope (a) select b from u
insert into nope (a) select nope from nope2
insert into t (nope) select nope from u
insert into t (nope) select b, d from u
insert into t (a) select b, d from u where nope = 1
insert t (t.a, t.b) values (1, 2)
insert bind_test.t (t.a) values (1)
insert t (bind_test.t.a) values (1)
insert t (nodb.t.a) values (1)
values (1, 2)
values (1, 2), (3, 4)
values (1, 2), (3)
values (1), (2), (3, 4)
values ('a', b'1')
values (1 + 1, now() > 1)
values (nope)
values (1), (nope)
values ((select 1))
values ((select 1, 2))
values (1) union values (2)
values (1) union values (2, 3)
values (1) union select a from t
select a from t union values (1)
values (1) order by 1
values (1, 2) order by 2 limit 1
values (1, 2) order by 3
select * from (values (1, 2), (3, 4)) x
select `1`, `2` from (values (1, 2), (3, 4)) x
select * from (values (1, 1)) x
select * from (values ('', 1)) x
with x (a, b) as (values (1, 2)) select a from x
with x as (values (1, 2)) select * from x
select * from t where (a, b) in (values (1, 2))
select * from t where a in (values (1), (2))
select * from t where a in (values (1, 2))
select (values (1))
select (values (1, 2))
select exists (values (a)) from t
select (values (a)) from t
select (values (nope)) from t
values (sum(1))
values (default)
values ((1, 2))
values ((1, 2), 3)
values ()
values (1), ()
select * from json_table('[{"a":1}]', '$[*]' columns (p int path '$.a', q varchar(10) path '$.b')) x
select p, x.q from json_table('[{"a":1}]', '$[*]' columns (p int path '$.a', q varchar(10) path '$.b')) x
select x.r from json_table('[{"a":1}]', '$[*]' columns (p int path '$.a', q varchar(10) path '$.b')) x
select r from json_table('[{"a":1}]', '$[*]' columns (p int path '$.a', q varchar(10) path '$.b')) x
select * from json_table('[1]', '$[*]' columns (n for ordinality, p int path '$', e int exists path '$.b', nested path '$.c[*]' columns (m for ordinality, f double path '$'))) as jt
select * from t, json_table(t.c, '$[*]' columns (p int path '$')) x
select * from t, json_table(c, '$[*]' columns (p int path '$')) x
select * from t, json_table(nope, '$[*]' columns (p int path '$')) x
select * from t, json_table(x.p, '$[*]' columns (p int path '$')) x
select * from json_table(t.c, '$[*]' columns (p int path '$')) x, t
select * from t join json_table(t.c, '$[*]' columns (p int path '$')) x on x.p = t.a
select * from t left join json_table(t.c, '$[*]' columns (p int path '$')) x on x.p = nope
select * from t right join json_table(t.c, '$[*]' columns (p int path '$')) x on x.p = t.a
select * from t join json_table(t.c, '$[*]' columns (a int path '$')) x using (a)
select * from t natural join json_table(t.c, '$[*]' columns (a int path '$')) x
select * from json_table('[1]', '$[*]' columns (p int path '$', p int path '$.b')) x
select * from json_table('[1]', '$[*]' columns (p int path '$', P int path '$.b')) x
select * from json_table('[1]', '$[*]' columns (p int path '$'))
select * from t, u, json_table(b, '$[*]' columns (p int path '$')) x
select * from t, json_table(sum(a), '$[*]' columns (p int path '$')) x
select * from t, json_table((select max(c) from w x1 where x1.a = t.a), '$[*]' columns (p int path '$')) x
select * from t where exists (select 1 from json_table(t.c, '$[*]' columns (p int path '$')) x where p = a)
select * from t where exists (select 1 from json_table(t.nope, '$[*]' columns (p int path '$')) x where p = a)
select (select max(p) from json_table(c, '$[*]' columns (p int path '$')) x) m from t
select * from (select * from json_table(t.c, '$[*]' columns (p int path '$')) x) y, t
select * from t, json_table(t.c, '$[*]' columns (p int path '$')) t
select X.p from json_table('[1]', '$[*]' columns (p int path '$')) x
select x.*, t.* from t, json_table(t.c, '$[*]' columns (p int path '$')) x
select * from json_table('[1]', '$[*]' columns (p int path '$')) x, json_table(x.p, '$[*]' columns (q int path '$')) y
select * from json_table(y.q, '$[*]' columns (p int path '$')) x, json_table(x.p, '$[*]' columns (q int path '$')) y
update t, json_table(t.c, '$[*]' columns (p int path '$')) x set t.a = x.p
update t, json_table(t.c, '$[*]' columns (p int path '$')) x set x.p = 1
delete x from t, json_table(t.c, '$[*]' columns (p int path '$')) x
delete t from t, json_table(t.c, '$[*]' columns (p int path '$')) x where x.p = 1
insert into t (a) select p from json_table('[1]', '$[*]' columns (p int path '$')) x
with recursive r as (select a from t union select a + 1 from s), s as (select b from r) select * from r
with recursive r as (select a from t union select b from s), s as (select a as b from t union select a from r) select * from r
with recursive r as (select a from t union select b from s), s as (select a as b from t union select a from r) select * from r, s
with recursive r (n) as (select n from r) select * from r
with recursive r (n) as (select n + 1 from r union select 1) select * from r
with recursive r (n) as (select 1 union select n + 1 from r union select 2) select * from r
with recursive r (n) as (select 1 union select 2 union all select n + 1 from r where n < 4) select * from r
with recursive r (n) as (select 1 union all select n, 2 from r) select * from r
with recursive r (n) as (select 1 union all select count(*) from r) select * from r
with recursive r (n) as (select 1 union all select n + 1 from r x join r y using (n)) select * from r
with recursive r (n) as (select 1 union all select n + 1 from t left join r on t.a = r.n) select * from r
with recursive r (n) as (select 1 union all select 1 from t where a in (select n from r)) select * from r
with recursive r as (select 1 as n union all select n + 1 from (select * from r) x where n < 3) select * from r
with recursive r as (select 1 as n), s as (select n from r) select * from s
with recursive s as (select n from r), r as (select 1 as n) select * from s
with s as (select n from r), r as (select 1 as n) select * from s
with recursive r as (select 1 as n union select nope from r) select * from r
with recursive r (n, m) as (select 1 union select n from r) select * from r
with recursive a1 as (select 1 as n union select n from b1), b1 as (select n from c1), c1 as (select n from a1) select * from b1
with recursive a1 as (select n from b1), b1 as (select n from a1) select * from b1
with recursive a1 (n) as (select n from b1), b1 (n) as (select n from a1 union select 1) select * from b1
with x as (with y as (select a from t) select * from y) select * from x
with x as (select a from t) select * from t where exists (select * from x where x.a = t.a)
with x as (select a from t) select (select max(a) from x)
select * from (with x as (select a from t) select * from x) y
with x as (select a from t) (select * from x) union (select b from u)
with x as (select a from t), y as (select b from x) select 1
with x as (select a from nope) select 1
with x as (select a from t) select * from X
with x (a, a) as (select a, b from t) select * from x
with x (a, A) as (select a, b from t) select * from x
with x as (select a, a from t) select * from x
with x as (select a, a from t) select 1
with x (a) as (select a, b from t) select 1
select * from t where a in (select a from t group by nope)
select a from t where a in (1, nope)
select a from t where nope in (select 1)
select a from t where (a, nope) in (select 1, 2)
select a from t where nope > all (select 1)
select a from t where nope = any (select 1)
select nope in (select 1) from t
select a in (select nope) from t
select nope > all (select b from u) from t
select a from t having nope in (select 1)
select a from t order by nope in (select 1)
select a from t where a + 1 > all (select b from u where nope = d)
select a from t join u on nope in (select 1)
select a from t where x.a in (select 1)
select a from t where not (nope in (select 1))
select a from t where coalesce(nope in (select 1), 1)
select a from t where b = 1 and sum(a) in (select 1)
select a from t where exists (select 1 from u where nope in (select 1 from one))
update t set a = 1 where nope in (select 1)
update t set a = nope in (select 1)
insert into t (a) values (nope in (select 1))
delete from t where nope in (select 1)
select * from t where (1, 2) = a
select * from t where (a, b) < (1, 2)
select * from t where (a, b) <=> (1, 2)
select * from t where a in ((1, 2), 3)
select * from t where a in (1, (1, 2))
select * from t where (a, b) in (3, (1, 2))
select * from t where (a, b) in ((1, 2), (1, 2, 3))
select * from t where (a, b) between (1, 2) and (3, 4)
select * from t where a between (1, 2) and 3
select * from t where (a, b) between 1 and 2
select * from t where (a, b) like 'x'
select * from t where a like (1, 2)
select * from t where not (a, b)
select * from t where (a, b)
select * from t where (a, b) and 1
select * from t where (a, b) is null
select * from t where (a, b) + 1
select * from t where 1 + (a, b)
select concat((a, b), 1) from t
select coalesce((a, b)) from t
select if((1, 2), 1, 2)
select if(1, (1, 2), 2)
select case (1, 2) when (1, 2) then 1 end
select case 1 when (1, 2) then 1 end
select case (1, 2) when 1 then 1 end
select case 1 when 1 then (1, 2) end
select case when (1, 2) then 1 end
select sum((1, 2))
select count((1, 2))
select count(distinct (1, 2))
select max((1, 2))
select group_concat((1, 2))
select row(1, 2)
select (1, (2, 3)) = (1, (2, 3))
select (1, (2, 3)) = (1, 2)
select (1, 2) = ((1, 2), 3)
select (1, (2, 3)) = (1, (2, 3, 4))
select * from t where (a, (b, 1)) = (1, (2, 3))
select * from t where (a, (b, 1)) in ((1, (2, 3)), (1, 2))
select * from t where (select 1, 2) = a
select * from t where (select 1, 2) = (a, b)
select * from t where (select 1, 2) = (select a, b)
select * from t where (select 1, 2) = (select a)
select * from t where (a, b) = (select 1)
select * from t where (a, b) > (select 1, 2)
select * from t where (a, b) > all (select 1, 2)
select * from t where (a, b) = any (select 1, 2)
select * from t where (a, b) <> all (select 1, 2)
select * from t where (a, b) = all (select 1, 2)
select * from t where (select 1, 2) in (select 1, 2)
select * from t where (select 1, 2) between 1 and 2
select (select 1, 2) + 1
select not (select 1, 2)
select -(1, 2)
select (1, 2) is true
select interval(1, (1, 2))
select nullif((1, 2), 1)
select nullif((1, 2), (1, 2))
select greatest((1, 2), (1, 2))
select greatest(1, (1, 2))
select ifnull((1, 2), 1)
select strcmp((1, 2), 1)
select 1 in ((select 1, 2))
select (1, 2) in ((select 1, 2))
select a from t group by (a, b)
select a from t order by (a, b)
select a from t group by a, (select 1, 2)
select a from t order by (select 1, 2)
set @x = (1, 2)
do (1, 2)
do nope
do (select 1, 2)
select @x := (1, 2)
select @x := a from t
select @x, @`y z`, @@sql_mode, @@session.sql_mode, @@global.max_connections from dual
select @x + 1 from t where @y = a
select @X
select @x as y, @@version z limit 0
select @@SQL_Mode
select a, sum(b) from t group by a with rollup
select a, sum(b) from t group by a with rollup having a is null order by a
select a, sum(b) from t group by a with rollup order by nope
select nope, sum(b) from t group by a with rollup
select a, b, count(*) from t group by a, b with rollup
select a from t group by a with rollup order by 2
select a from t group by 0
select a, sum(b) from t group by 2
select a, sum(b) s from t group by s
select a, b from t group by 1, 2 order by 2, 1
select a from t group by -1
select a from t order by -1
select a from t order by 1 + 1
select a from t order by '1'
select a from t order by 'nope'
select a from t order by 1.5
select a from t order by null
select a from t order by (1)
select a from t order by (3)
select a from t order by +3
select a from t group by (3)
select * from t, u order by 6
select * from t, u order by 7
select * from t group by 3
select * from t group by 4
select a from t union select b from u order by a + 1
select a from t union select b from u order by t.a
select a from t union select b from u order by (select max(d) from u)
select a from t union select b from u order by sum(a)
(select a from t) order by b
(select a from t order by b) order by a
(select a from t limit 1) order by b limit 1
((select a from t)) order by nope
select a from t order by a limit 1 offset 2
select sum(a) over w1 from t window w1 as (partition by b)
select sum(a) over nope from t
select sum(a) over (nope) from t
select sum(a) over (w1) from t window w1 as (partition by b)
select sum(a) over (w1 order by c) from t window w1 as (partition by b)
select sum(a) over (w1 partition by c) from t window w1 as (partition by b)
select sum(a) over (w1 order by c) from t window w1 as (order by b)
select sum(a) over (w1 order by c) from t window w1 as (partition by b rows unbounded preceding)
select sum(a) over w1 from t window w1 as (partition by nope)
select 1 from t window w1 as (partition by nope)
select 1 from t window w1 as (order by a), w1 as (order by b)
select 1 from t window w1 as (order by a), w2 as (w1)
select 1 from t window w2 as (w1), w1 as (order by a)
select sum(a) over W1 from t window w1 as (order by a)
select sum(sum(a)) over () from t
select sum(sum(a)) over (order by sum(b)) from t group by c
select sum(sum(a) over ()) from t
select sum(sum(a) over ()) over () from t
select a from t where sum(a) over () > 1
select a from t where row_number() over () > 1
select a from t group by sum(a) over ()
select a from t having sum(a) over () > 1
select a from t order by sum(a) over ()
select a from t order by row_number() over (order by b)
select rank() over (order by a), dense_rank() over w1 d, ntile(2) over (order by a) from t window w1 as (order by b)
select lag(a, 1) over (order by b), lead(a) over (order by b) from t
select first_value(a) over (order by b rows between 1 preceding and current row) from t
select rank() over () from t
select lag(nope) over (order by b) from t
select a, sum(b) over (order by a) x from t order by x
select a z from t where exists (select sum(z) over () from u)
select count(*) over (partition by z) from (select a z from t) y
select concat()
select database(), user(), version() = 1, current_user() is null
select a `` from t
select a as `` from t
select a as 'x ' from t
select a as ' x' from t
select a as `x ` from t
select 'x ' from t
select ' x' from t
select * from (select 'x ' ) z
select * from (select a as 'x ' from t) z
select * from (select '' ) z
select * from (select ' ') z
select * from (select ' x') z
with x as (select '' ) select * from x
with x (`a `) as (select 1) select * from x
with x (``) as (select 1) select * from x
select * from (select 1 as `` ) z
select 1 as 'a b', 2 as "c"
insert into t (a) select nope from u returning nope2
insert into t (nope) values (nope2) returning nope3
insert into t (a) values (1) on duplicate key update a = nope returning nope2
insert into t (nope) values (1) on duplicate key update a = nope2
insert into t (a) values (nope) on duplicate key update nope2 = 1
insert into t (a) values (1, 2) on duplicate key update nope2 = 1
insert into t (a) values (1, 2) returning nope
insert into t (a) values (1) on duplicate key update nope = 1, a = nope2
insert into t (a) values (1) on duplicate key update a = nope2, nope = 1
insert into t (a) select b from u on duplicate key update a = nope
insert into t (a) select b from u on duplicate key update nope = 1
insert into t (a) select nope from u on duplicate key update nope2 = 1
insert into t (nope3) select b from u on duplicate key update nope2 = 1
insert into t (nope) select b from u returning nope2
insert into t (a) select b, d from u returning nope2
insert into t (nope) select b from u
insert into t (t.nope) select b from u
insert into t (u.d) select b from u
insert into t (a) select b from u where t.a = 1
insert into t (a) select b from u on duplicate key update u.d = 1
insert into t (a) select b from u on duplicate key update d = 1
insert into t (a) select b from u on duplicate key update b = 1
insert into t (a) select b from u on duplicate key update b = t.b
insert into t (a) select b from u on duplicate key update a = values(d)
insert into t (a) select b from u on duplicate key update a = values(u.d)
insert into t (a) select b from u on duplicate key update a = (select max(x) from one where x = d)
insert into t (a) values (a + 1)
insert into t set a = b, b = nope
insert into t set a = 1, a = 2
insert into v (a) values (1) on duplicate key update s = 1
insert into v (a, c) values (1, 2)
insert into v (a) values (1) returning s
insert into named values (1, 2) returning *
insert into v (a) select b from u
replace into v (a) values (1)
replace into t (a) select nope from u
update v set a = 1, c = 's' where s = 2
update v set nope = 1
update named set m = 2
update named set a = 2
update named, t set m = 2, a = 3
update t set a = 1 where a in (select a from t)
update t, u set t.a = 1 where t.a in (select a from t)
update t, u set t.a = 1 where t.a in (select a from t as zz)
delete t from t, u where t.a in (select d from u)
delete t from t, u where exists (select 1 from t as q)
delete from v where s = 1
delete from v where nope = 1
delete from named where m = 1
delete from named where a = 1
delete from named returning *
update (t, one) join u using (b) set a = 1, x = 2
update t join u using (b) join w using (b) set b = 1
update t natural join u set b = 1
update t as x natural join u set x.b = 1
update t, (select 1 as a) y set a = 1
update t, (select 1 as z) y set a = z where nope
update t, u set t.a = 1 order by 1
update t, u set t.a = 1 order by 5
update t set a = 1 order by 1
update t set a = 1 order by 5
delete from t order by 1
delete from t order by 5
update t, u set t.a = 1 where row_number() over () = 1
update t set a = (1, 2)
update t set a = (select 1, 2)
update t, u set a = (1, 2)
update t, u set a = sum(d)
update t, u set t.a = row_number() over ()
insert into t (a) values (row_number() over ())
insert into t (a) values ((1, 2))
insert into t (a) values (1) on duplicate key update a = (1, 2)
insert into t (a) values (1) returning (1, 2)
insert into t (a) values (1) returning row_number() over ()
insert into t (a) values (1) returning a z, z
insert into t (a) values (1) returning a + 1, `a`, t . b, 'x', @v
insert into t (a) values (1) returning bind_test.t.*
delete from t returning nope in (select 1)
values (nope), (1, 2)
values (t.a)
values ((select a from t limit 1))
values ((select nope from t limit 1))
select (values ((select t.a))) from t
values (1) limit 1
values (a.b.c)
values (1 in (select nope))
values (@x, @@version = 1)
values (1) union values (2) order by 2
values (nope) union values (1)
values (1) union select nope from t
select 1 union values (nope)
values (count(*))
values (row_number() over ())
select a in (select b from u), nope from t
select nope in (select nope2 from u) from t
select a from t where nope in (select nope2 from u)
select a + (b in (select b from u)) + nope from t
select a from t where a in (select b from u) and nope
select * from json_table(t.c, '$' columns (p int path '$')) x right join t on 1
select * from t join u using (b), json_table(b, '$' columns (p int path '$')) x
select * from t natural join u, json_table(b, '$' columns (p int path '$')) x
select * from t join u using (b) join json_table(b, '$' columns (p int path '$')) x
select * from t join (u join json_table(a, '$' columns (p int path '$')) x)
select * from t join (u join json_table(d, '$' columns (p int path '$')) x)
select * from (t join u using (b)) join json_table(d, '$' columns (p int path '$')) x
select * from t left join json_table(a, '$' columns (p int path '$')) x on 1 left join u on u.b = p
select * from t, u right join json_table(a, '$' columns (p int path '$')) x on 1
select * from t, json_table(a, '$' columns (p int path '$')) x, json_table(p, '$' columns (q int path '$')) y
select a as z from t, json_table(z, '$' columns (p int path '$')) x
select nope from t, json_table(nope2, '$' columns (p int path '$')) x
select * from t, json_table(nope2, '$' columns (p int path '$')) x join u using (nope)
select * from t, json_table(nope2, '$' columns (p int path '$')) x, (select nope3) y
select * from t, json_table((1, 2), '$' columns (p int path '$')) x
select * from t, json_table((select 1, 2), '$' columns (p int path '$')) x
select * from t, json_table(a in (select nope), '$' columns (p int path '$')) x
select * from json_table('[]', '$' columns (`p ` int path '$')) x
select * from json_table('[]', '$' columns (`` int path '$')) x
set @x = nope
set @x = (select nope from t)
set @x = a in (select 1)
set @@sql_mode = (select nope)
set @x = sum(1)
do 1, nope
do sum(1)
do (select a from t), @x
do t.a
do count(*)
create view vv as select nope from t
create view vv as select a, a from t
create view vv as select 1, 1
create view vv as select 1 as x, 1 as x
create view vv as select 1 as ``
create view vv as select 1 as `x `
create view vv (``) as select 1
create view vv (`x `) as select 1
create view vv (m) as select 1, 2
create view vv (m, m) as select 1, 2
create view vv as select (select 1 as `  `)
create view vv as select (select nope)
create view vv as select * from nope
create view vv as select a from t union select b, d from u
create view vv as select * from vv
create table tt as select nope from t
create table tt as select a, a from t
create table tt as select 1 as ``
create table tt as select 1 as `x `
create table tt (m int) select nope from t
create table tt select a from t union select b, d from u
explain select nope from t
explain update t set nope = 1
explain delete t from t, u where nope
explain insert into t (nope) values (1)
call nope(nope)
select a from t union select b from u order by x.a
select a from t union select b from u order by t.nope
select a from t union select b from u order by t.a + 1
select a from t union select b from u order by bind_test.t.a
(select a from t) order by t.a
(select a from t limit 1) order by t.a
select a from t union select b from u order by 1, sum(a)
select a from t union select b from u order by a, sum(nope)
select a from t union select b from u order by row_number() over ()
select row_number() over () r from t group by r
select row_number() over () r from t group by 1
select (select sum(b) from u) s from t group by s
select (select sum(t.b) from u) s from t group by s
select a + sum(b) s from t group by s
select a + sum(b) s from t group by 1
select a + sum(b) s from t group by s + 1
select a + sum(b) a from t group by a
select dense_rank() over () from t
select percent_rank() over () from t
select cume_dist() over () from t
select ntile(2) over () from t
select lag(a) over () from t
select lead(a) over () from t
select first_value(a) over () from t
select nth_value(a, 1) over () from t
select row_number() over () from t
select rank() over w1 from t window w1 as ()
select rank() over w1 from t window w1 as (partition by a)
select rank() over (w1 order by a) from t window w1 as (partition by a)
select rank() over (order by a rows unbounded preceding) from t
select row_number() over (order by a rows unbounded preceding) from t
select sum(a) over (order by a, b range 1 preceding) from t
select sum(a) over (order by c range 1 preceding) from t
select sum(a) over (rows between unbounded following and current row) from t
select sum(a) over (rows between current row and unbounded preceding) from t
select sum(a) over (rows between 1 following and 1 preceding) from t
select sum(a) over (order by a rows between current row and 1 preceding) from t
select sum(a) over (rows 1.5 preceding) from t
select sum(a) over (rows 'x' preceding) from t
select sum(a) over (range 1 preceding) from t
select sum(a) over (order by nope in (select 1)) from t
select sum(a) over (order by 1) from t
select sum(a) over (order by 2) from t
select sum(a) over (partition by 1) from t
select sum(a) over (partition by 5) from t
select a z, sum(a) over (order by z) from t
select a z, sum(a) over (partition by z) from t
select sum(b) z, sum(a) over (partition by z) from t
select sum(a) over (order by (1, 2)) from t
select sum(a) over (partition by (1, 2)) from t
select sum(a) over (order by sum(b)) from t
select sum(a) over (order by row_number() over ()) from t
select a from t join u on row_number() over () = 1
select a from t order by (select row_number() over () from u limit 1)
select (select row_number() over (order by t.a) from u limit 1) from t
select exists (select row_number() over (order by nope) from u) from t
select count(distinct a) over () from t
select group_concat(a) over () from t
select sum(distinct a) over () from t
select max(a) over (), min(distinct b) over () from t
select percentile_cont(0.5) within group (order by a) over (partition by b) from t
select median(a) over (partition by b) from t
select median(a) over () from t
select percentile_cont(0.5) within group (order by nope) over (partition by b) from t
select percentile_cont(0.5) within group (order by c) over (partition by b) from t
select lag(a, nope) over (order by b) from t
select lag(a, -1) over (order by b) from t
select 1 from t window w1 as (partition by a order by b), w2 as (w1 rows unbounded preceding)
select 1 from t window w1 as (order by a), w2 as (w1), w1 as ()
select 1 from t window w2 as (w3)
select sum(a) over w9, sum(b) over (order by nope) from t
select sum(nope) over w9 from t
select sum(a) over w9 from t where nope
select sum(a) over w9 from t order by nope
select sum(a) over w9 from t group by nope
select sum(a) over w9 from t having nope
select rank() over () from t having nope
select rank() over () from t order by nope
select sum(a) over (order by nope) from t having nope2
select sum(a) over (order by nope) from t order by nope2
select sum(a) over (order by nope), sum(a) over w9 from t
select sum(a) over (order by nope), sum(a) over w1 from t window w1 as (order by nope2)
select 'x' = (1, 2)
select 1.5 = (1, 2)
select 1e1 = (1, 2)
select null = (1, 2)
select true = (1, 2)
select now() = (1, 2)
select date'2020-01-01' = (1, 2)
select @x = (1, 2)
select c = (1, 2) from t
select a + 1 = (1, 2) from t
select 'x' in ((1, 2))
select (1, 2) in (null)
select 1 <=> (1, 2)
select 1 <> (1, 2)
select 1 != (1, 2)
select 1 >= (1, 2)
select (1, 2) < 3
select (1, 2) - 1
select (1, 2) * 1
select (1, 2) / 1
select (1, 2) div 1
select (1, 2) % 1
select (1, 2) mod 1
select (1, 2) | 1
select (1, 2) << 1
select (1, 2) || 1
select (1, 2) + (1, 2)
select ((1, 2), 3) = (select 1, 2)
select (select 1, 2) = ((1, 2), 3)
select (1, 2) = (1, (1, 2))
select 1 = (select (1, 2))
select (1, 2) in (1, 2)
select (select 1, 2) in ((1, 2))
select (1, 2) = any (select 1)
select 1 = any (select 1, 2)
select (1, 2) < any (select 1, 2)
select (1, 2) = any (select 1, (1, 2))
select ((1, 2), 3) in (select 1, 2)
select 12345678901 = (1, 2)
select 18446744073709551615 = (1, 2)
select x'41' = (1, 2)
select (select 1) = (1, 2)
select (select c from t) = (1, 2)
select max(a) = (1, 2) from t
select cast(1 as time) = (1, 2)
delete x from t x, t y
delete t from t, t y where t.a = y.b
delete t from t, v
delete t from t, (select * from t) y
delete v from v where a in (select a from t)
delete t from t where a in (select a from v)
delete t, u from t, u where t.a in (select d from u)
select bind_test.x.p from json_table('[1]', '$' columns (p int path '$')) x
select bind_test.x.* from json_table('[1]', '$' columns (p int path '$')) x
select x.* from json_table('[1]', '$' columns (p int path '$')) x
select * from (select 1 as p) x, json_table('[1]', '$' columns (p int path '$')) x
with recursive r as (select n + 1 as m from r union select 1 as n) select * from r
with recursive r as (select n + 1 as m from r union select 1 as n union select 2 as k) select * from r
with recursive r as (select 1 as n union select n from r order by n) select * from r
with recursive r as (select 1 as n union select n from r order by m) select * from r
with recursive r as (select 1 as n union select n from r limit 3) select * from r
with recursive r as ((select 1 as n) union (select n from r)) select * from r
with recursive r as (select 1 as n union select x.n from r x, t where t.a = x.n) select * from r
with recursive r as (select 1 as n union select n from (select count(*) as n from r) x) select * from r
with recursive r as (select 1 as n union select max(n) over () from r) select * from r
with recursive r as (select 1 as n union select distinct n from r) select * from r
with recursive r as (select 1 as n union select n from r group by n) select * from r
with recursive r as (select 1 as n union select n from r having n > 1) select * from r
with recursive r as (select 1 as n except select n from r) select * from r
with recursive r as (select 1 as n union select n from r except select 2) select * from r
with recursive r as (select 1 as n union all select n from r intersect select 2) select * from r
with recursive r as (values (1) union select 2 from r) select * from r
with recursive r (n) as (values (1) union select n + 1 from r) select * from r
with recursive r as (select 1 as n union select (select max(n) from r) from t) select * from r
with recursive r as (select 1 as n union select n from r where exists (select 1 from t where t.a = r.n)) select * from r
with recursive r as (select 1 as n union select n from t right join r on t.a = r.n) select * from r
with recursive r as (select 1 as n union select n from r left join t on t.a = r.n) select * from r
with recursive r as (select 1 as n union select n from r natural join (select 1 as n) y) select * from r
with recursive a1 as (select 1 as n union select m from b1), b1 as (select 2 as m union select n from a1) select * from a1, b1
with recursive a1 as (select 1 as n union select nope from b1), b1 as (select 2 as m union select n from a1) select * from a1
with recursive a1 as (select 1 as n union select m from b1), b1 as (select 2 as m union select nope from a1) select * from a1
with recursive a1 as (select 1 as n union select m, 2 from b1), b1 as (select 2 as m union select n from a1) select * from a1
with recursive a1 as (select 1 as n), a1 as (select 2) select * from a1
with recursive t as (select a from t) select * from t
with recursive t as (select 1 as a union select a from t) select * from t
with t as (select a from t) select * from t
with t as (select b from t) select a from t
with x as (select 1 as `a `) select * from x
with x as (select 'a ') select * from x
with x as (select 'a ', 'b', ' c ') select * from x
with x as (select 1 as ``) select * from x
with x as (select '11111111112222222222333333333344444444445555555555666666666677777') select * from x
with x as (select `a` from t) select a from x
select a as '   ' from t
select a as `  z` from t
select a as `  z` from t order by z
select a as `  z` from t order by `  z`
select * from (select a as `  z` from t) x
create view vv as select (select 1 as ``)
create view vv as select 1 from (select 1 as ` `) x
create view vv as select 1 from t where exists (select 1 as `x `)
select (values (1, 2), (2, 3))
select a from t where (a, 1) in (values (1, 2))
select percentile_disc(0.5) within group (order by a) over () from t
select json_arrayagg(a order by b) from t
select json_arrayagg(nope) from t
select group_concat(distinct a, b order by 1, 2 separator ',') from t
select group_concat(a order by 5) from t
select a from t where match (nope) against ('x')
select a from t where match (t.c, x.c) against ('x')
select match (c) against (nope) from t
select default(a) from t
select default(nope) from t
select default(x.a) from t
select value(a) from t
select value(nope) from t
select t.a.b from t
select `t`.`a` from `t`
select .t.a from t
select a from .t
select rand(), uuid() is null, curdate() > 1
select * from t for update
select 1 from t limit nope
select t.a from t procedure analyse()
select a into @x from t
select a, b into @x from t
select a into nope from t
select @a := a, @b := nope from t
select * from nested
select c from nested where s = 1
select b from nested
select a from nested
update nested set c = 'x'
update nested set s = 1
insert into nested (c) values ('x')
delete from nested
select * from twice
select b from twice
update twice set a = 1
update twice set a = 1, d = 2
update twice set a = nope
delete from twice
delete twice from twice
insert into twice (a) values (1)
insert into twice (a, d) values (1, 2)
select * from odd
select Name_exp_1, My_exp_1 from odd
select `a + 1` from odd
select * from broken
select a from broken
select nope from broken
select * from deeper
select * from gone
select b from gone
select * from broken, nope
update broken set a = 1
select 1 + /*!00000 2 */ + 3 /*!999999 noise*/ + 4
select 1 /*!999999 x */, 2 /*M!100100 + 3 */, 4 /*!50701 + 5 */, 6 /*!50700 z */ + 7
select sum(a) over (order by a range 'x' preceding) from t
select sum(a) over (order by a range between 1 preceding and 2 following) from t
select sum(a) over w1 from t window w1 as (order by c range 1 preceding)
select percentile_cont('x') within group (order by a) over () from t
select percentile_disc(0.5) within group (order by c) over () from t
select median(c) over () from t
set statement max_statement_time = 1 for select a, b + 1 from t
set statement max_statement_time = 1 for select nope from t
set statement max_statement_time = 1 for update t set nope = 1
"""

# What is not the server's yet; one that is must leave this list.
KNOWN = r"""
select (values (a)) from t
select (values (nope)) from t
select greatest((1, 2), (1, 2))
select greatest(1, (1, 2))
select strcmp((1, 2), 1)
select @x = (1, 2)
select (1, 2) | 1
select (1, 2) << 1
with recursive r as (select n + 1 as m from r union select 1 as n union select 2 as k) select * from r
select t.a from t procedure analyse()
update broken set a = 1
"""
