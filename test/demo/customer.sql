-- A keyspace in two shards: who buys. A customer's rows are all on one shard.
CREATE TABLE customer (
  customer_id BIGINT NOT NULL PRIMARY KEY,
  email VARCHAR(120) NOT NULL,
  city VARCHAR(60) NOT NULL,
  joined DATE NOT NULL
);
CREATE TABLE orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  sku VARCHAR(32) NOT NULL,
  quantity INT NOT NULL,
  price DECIMAL(10,2) NOT NULL,
  placed DATETIME NOT NULL,
  PRIMARY KEY (customer_id, order_id)
);
