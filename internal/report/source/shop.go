package source

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

//go:embed shop.sql
var shopSchema string

// The shop's sales begin and end on fixed days, so that every machine makes the
// same file and every report of it has the same totals.
var (
	shopOpens  = time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	shopCloses = time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
)

const shopSeed = 20220101

// MakeShop writes the sample shop to the file unless it is there: 43,558
// sales of 2022-01-01 to 2026-06-30 in twelve stores of four regions.
func MakeShop(ctx context.Context, file string) error {
	switch info, err := os.Stat(file); {
	case err == nil && info.IsDir():
		return fmt.Errorf("make the sample shop: %w", &fs.PathError{Op: "open", Path: file, Err: syscall.EISDIR})
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make the sample shop: %w", err)
	}
	partial := file + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the sample shop: %w", err)
	}
	if err := writeShop(ctx, partial); err != nil {
		return fmt.Errorf("make the sample shop: %w", err)
	}
	return atomicfile.Move(partial, file)
}

func writeShop(ctx context.Context, file string) error {
	// No journal and no sync: an incomplete file is deleted, never opened.
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return err
	}
	defer db.Close() // the commit below is what counts
	if _, err := db.ExecContext(ctx, shopSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := fillShop(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

func fillShop(ctx context.Context, tx *sql.Tx) error {
	random := rand.New(rand.NewPCG(shopSeed, shopSeed))
	if err := insertNames(ctx, tx); err != nil {
		return err
	}
	sale, err := tx.PrepareContext(ctx, `INSERT INTO sales (sold_on, sold_at, store_id, product_id, customer_id, quantity, unit_price, discount, paid_by_card) VALUES (?,?,?,?,?,?,?,?,?)`)
	if err != nil {
		return err
	}
	defer sale.Close() // the commit counts
	for day := shopOpens; !day.After(shopCloses); day = day.AddDate(0, 0, 1) {
		for range salesOf(day, random) {
			if err := insertSale(ctx, sale, day, random); err != nil {
				return err
			}
		}
	}
	return nil
}

// salesOf makes December and Saturdays busy and lets the shop grow.
func salesOf(day time.Time, random *rand.Rand) int {
	sales := 18 + day.Year() - shopOpens.Year() + random.IntN(10)
	if day.Month() == time.December {
		sales += 15
	}
	if day.Weekday() == time.Saturday {
		sales += 8
	}
	return sales
}

func insertSale(ctx context.Context, sale *sql.Stmt, day time.Time, random *rand.Rand) error {
	product := random.IntN(len(shopProducts))
	// Prices rise by two per cent a year; cents keep the sums exact.
	cents := shopProducts[product].cents * (100 + 2*(day.Year()-shopOpens.Year())) / 100
	discount := []int{0, 0, 0, 0, 5, 10, 15}[random.IntN(7)]
	at := day.Add(9*time.Hour + time.Duration(random.IntN(11*3600))*time.Second)
	_, err := sale.ExecContext(ctx, day.Format(time.DateOnly), at.Format("2006-01-02 15:04:05"), 1+random.IntN(len(shopStores)), 1+product,
		1+random.IntN(len(shopGivenNames)*len(shopFamilyNames)), 1+random.IntN(4), float64(cents)/100, float64(discount)/100, random.IntN(3) > 0)
	return err
}

func insertNames(ctx context.Context, tx *sql.Tx) error {
	for i, name := range shopRegions {
		if _, err := tx.ExecContext(ctx, `INSERT INTO regions (id, name) VALUES (?,?)`, i+1, name); err != nil {
			return err
		}
	}
	for i, store := range shopStores {
		if _, err := tx.ExecContext(ctx, `INSERT INTO stores (id, name, region_id) VALUES (?,?,?)`, i+1, store.name, store.region); err != nil {
			return err
		}
	}
	for i, product := range shopProducts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO products (id, name, category, stock) VALUES (?,?,?,?)`, i+1, product.name, product.category, 20+i*7%60); err != nil {
			return err
		}
	}
	for i, given := range shopGivenNames {
		for j, family := range shopFamilyNames {
			if _, err := tx.ExecContext(ctx, `INSERT INTO customers (id, name, since) VALUES (?,?,?)`, 1+i*len(shopFamilyNames)+j, given+" "+family, shopOpens.AddDate(0, i, j).Format(time.DateOnly)); err != nil {
				return err
			}
		}
	}
	return nil
}
