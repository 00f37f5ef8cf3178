# perl DBD::mysql: port, keyspace. Server-side prepares too.
use strict; use warnings; use DBI;
my ($port, $ks) = @ARGV;
my $n = 0;
for my $server (0, 1) {
	my $d = DBI->connect("DBI:mysql:database=$ks;host=127.0.0.1;port=$port;mysql_server_prepare=$server", "root", "",
		{RaiseError => 1, PrintError => 0, AutoCommit => 1, mysql_enable_utf8mb4 => 1});
	$d->begin_work;
	my $st = $d->prepare("INSERT INTO items (id,v) VALUES (?,?)");
	$st->execute($_, "perl-$_") for $n .. $n + 4999;
	$n += 5000;
	$d->commit;
	my $q = $d->prepare("SELECT v FROM items WHERE id = ?");
	for my $i (0 .. 300) {
		$q->execute($i);
		my ($v) = $q->fetchrow_array;
		die "id $i gave $v" unless $v eq "perl-$i";
		$q->finish;
	}
	$d->disconnect;
}
my $d = DBI->connect("DBI:mysql:database=$ks;host=127.0.0.1;port=$port", "root", "", {RaiseError => 1});
my ($count) = $d->selectrow_array("SELECT COUNT(*) FROM items");
die "count $count" unless $count == 10000;
my $rows = $d->selectall_arrayref("SELECT id FROM items ORDER BY id");
die "order" if grep { $rows->[$_][0] != $_ } 0 .. 9999;
print "ok ", scalar(@$rows), "\n";
