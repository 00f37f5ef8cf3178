// node mysql2: port, keyspace; query (text) and execute (prepared).
const mysql = require('mysql2/promise');
(async () => {
	const [port, ks] = [Number(process.argv[2]), process.argv[3]];
	const c = await mysql.createConnection({host: '127.0.0.1', port, user: 'root', database: ks});
	for (let i = 0; i < 8000; i += 500) {
		const rows = [];
		for (let k = i; k < i + 500; k++) rows.push([k, 'js-' + k]);
		await c.query('INSERT INTO items (id, v) VALUES ?', [rows]);
	}
	await c.beginTransaction();
	for (let i = 8000; i < 10000; i++) await c.execute('INSERT INTO items (id, v) VALUES (?, ?)', [i, 'js-' + i]);
	await c.commit();
	for (let i = 0; i < 500; i++) {
		const [r] = await c.execute('SELECT v FROM items WHERE id = ?', [i]);
		if (r.length !== 1 || r[0].v !== 'js-' + i) throw new Error('id ' + i + ' gave ' + JSON.stringify(r));
	}
	const [all] = await c.query('SELECT id, v FROM items ORDER BY id');
	all.forEach((r, i) => { if (Number(r.id) !== i) throw new Error('wrong order'); });
	const [prepared] = await c.execute('SELECT id, v FROM items ORDER BY id DESC LIMIT 3');
	if (Number(prepared[0].id) !== 9999) throw new Error('wrong prepared order');
	const [n] = await c.query('SELECT COUNT(*) n FROM items');
	console.log('ok ' + n[0].n);
	await c.end();
})().catch(e => { console.error(e); process.exit(1); });
