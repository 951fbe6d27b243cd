-- A small shop: a sale a day for a year.
CREATE TABLE sales (
  id       integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  sold_on  date NOT NULL,
  store    text NOT NULL,
  quantity integer NOT NULL,
  amount   numeric(10, 2) NOT NULL
);

INSERT INTO sales (sold_on, store, quantity, amount)
SELECT date '2025-01-01' + day, (ARRAY['Norte', 'Sur', 'Este', 'Oeste'])[day % 4 + 1], day % 7 + 1, (day % 7 + 1) * 12.5
FROM generate_series(0, 364) AS day;
