// MariaDB Connector/J: port, keyspace; client-side and server-side prepares.
import java.sql.*;

public class Client {
	public static void main(String[] a) throws Exception {
		int n = 0;
		for (String opt : new String[] {"useServerPrepStmts=false&rewriteBatchedStatements=true", "useServerPrepStmts=true"}) {
			try (Connection c = DriverManager.getConnection(
				     "jdbc:mariadb://127.0.0.1:" + a[0] + "/" + a[1] + "?" + opt, "root", "")) {
				c.setAutoCommit(false);
				try (PreparedStatement p = c.prepareStatement("INSERT INTO items (id,v) VALUES (?,?)")) {
					for (int i = 0; i < 5000; i++, n++) {
						p.setLong(1, n);
						p.setString(2, "java-" + n);
						p.addBatch();
						if (i % 500 == 499) p.executeBatch();
					}
				}
				c.commit();
				c.setAutoCommit(true);
				try (PreparedStatement p = c.prepareStatement("SELECT v FROM items WHERE id = ?")) {
					for (int i = 0; i < 300; i++) {
						p.setLong(1, i);
						try (ResultSet r = p.executeQuery()) {
							if (!r.next() || !r.getString(1).equals("java-" + i)) throw new Exception("id " + i);
						}
					}
				}
			}
		}
		try (Connection c = DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + a[0] + "/" + a[1], "root", "");
		     ResultSet r = c.createStatement().executeQuery("SELECT id FROM items ORDER BY id")) {
			int k = 0;
			while (r.next()) if (r.getInt(1) != k++) throw new Exception("wrong order");
			System.out.println("ok " + k);
		}
	}
}
