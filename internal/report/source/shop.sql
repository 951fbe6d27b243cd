CREATE TABLE regions   (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE stores    (id INTEGER PRIMARY KEY, name TEXT NOT NULL, region_id INTEGER NOT NULL REFERENCES regions (id));
CREATE TABLE products  (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, stock INTEGER NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE sales (
	id           INTEGER PRIMARY KEY,
	sold_on      TEXT    NOT NULL,
	sold_at      TEXT    NOT NULL,
	store_id     INTEGER NOT NULL REFERENCES stores (id),
	product_id   INTEGER NOT NULL REFERENCES products (id),
	customer_id  INTEGER NOT NULL REFERENCES customers (id),
	quantity     INTEGER NOT NULL,
	unit_price   REAL    NOT NULL,
	discount     REAL    NOT NULL,
	paid_by_card INTEGER NOT NULL
);
CREATE INDEX sales_sold_on ON sales (sold_on);
