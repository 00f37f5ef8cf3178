<?php
/* mysqli and PDO: argv[1] port, argv[2] keyspace. Writes and reads rows, text and prepared. */
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
[$port, $ks] = [(int)$argv[1], $argv[2]];
$m = new mysqli("127.0.0.1", "root", "", $ks, $port);
$m->set_charset("utf8mb4");
for ($i = 0; $i < 5000; $i += 500) {
	$rows = [];
	for ($k = $i; $k < $i + 500; $k++) $rows[] = "($k,'php-$k')";
	$m->query("INSERT INTO items (id,v) VALUES " . implode(",", $rows));
}
$st = $m->prepare("SELECT v FROM items WHERE id = ?");
for ($i = 0; $i < 500; $i++) {
	$st->bind_param("i", $i);
	$st->execute();
	$v = $st->get_result()->fetch_row()[0];
	if ($v !== "php-$i") die("mysqli: id $i gave $v\n");
}
$p = new PDO("mysql:host=127.0.0.1;port=$port;dbname=$ks;charset=utf8mb4", "root", "", [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
foreach ([true, false] as $emulate) {
	$p->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulate);
	$p->beginTransaction();
	$st = $p->prepare("INSERT INTO items (id,v) VALUES (?,?)");
	for ($i = 0; $i < 2500; $i++) $st->execute([5000 + $i + ($emulate ? 0 : 2500), "pdo-$i"]);
	$p->commit();
}
if ((int)$p->query("SELECT COUNT(*) FROM items")->fetchColumn() !== 10000) die("PDO: wrong count\n");
$n = 0;
foreach ($p->query("SELECT id, v FROM items ORDER BY id") as $r) if ((int)$r[0] !== $n++) die("PDO: wrong order\n");
echo "ok $n\n";
