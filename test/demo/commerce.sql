-- An unsharded keyspace: what there is to buy.
CREATE TABLE product (
  sku VARCHAR(32) NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  price DECIMAL(10,2) NOT NULL,
  stock INT NOT NULL DEFAULT 0
);
CREATE TABLE category (
  category_id INT NOT NULL PRIMARY KEY,
  name VARCHAR(60) NOT NULL
);
CREATE TABLE product_category (
  sku VARCHAR(32) NOT NULL,
  category_id INT NOT NULL,
  PRIMARY KEY (sku, category_id)
);
