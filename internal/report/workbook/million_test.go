package workbook_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const (
	million     = 1_000_000
	writerNamed = "REPORT_MILLION_WRITER" // makes the test binary a writer that is measured
	fileNamed   = "REPORT_MILLION_FILE"

	peakLimit  = 40 << 20 // bytes
	shareLimit = 0.35     // of the peer's user time
)

// spent is what a writer's process used, by the kernel's account.
type spent struct {
	User, System float64 // seconds of a processor
	Peak         int64   // resident bytes
	Bytes        int64   // of the file
}

// BenchmarkMillionRows writes 1,000,000 rows x 10 columns with this package and with
// excelize's own StreamWriter and SaveAs, in turns, each in a process of its own. It compares
// the user time of the processor, which other programs on the machine disturb least, and
// fails when this package needs more than it promises:
//
//	go test ./internal/report/workbook -run '^$' -bench MillionRows -benchtime 3x
func BenchmarkMillionRows(b *testing.B) {
	var own, peer spent
	rounds := 0.0
	for b.Loop() {
		own.add(measure(b, "own"))
		peer.add(measure(b, "excelize"))
		rounds++
	}
	share := own.User / peer.User
	b.ReportMetric(share, "user-share")
	for name, used := range map[string]spent{"own": own, "excelize": peer} {
		b.ReportMetric(used.User/rounds, name+"-user-s")
		b.ReportMetric(used.System/rounds, name+"-system-s")
		b.ReportMetric(float64(used.Peak)/(1<<20), name+"-peak-MB")
		b.ReportMetric(float64(used.Bytes)/(1<<20), name+"-file-MB")
	}
	if own.Peak > peakLimit {
		b.Errorf("peak of %d MB; promised are %d", own.Peak>>20, peakLimit>>20)
	}
	if share > shareLimit {
		b.Errorf("%.2f of excelize's user time; promised are %.2f", share, shareLimit)
	}
}

// add adds times, and keeps the greatest sizes.
func (s *spent) add(other spent) {
	s.User += other.User
	s.System += other.System
	s.Peak, s.Bytes = max(s.Peak, other.Peak), max(s.Bytes, other.Bytes)
}

func measure(b *testing.B, writer string) spent {
	b.Helper()
	file := filepath.Join(b.TempDir(), writer+".xlsx")
	child := exec.Command(os.Args[0], "-test.run=^TestMillionWriter$", "-test.v=false")
	child.Env = append(os.Environ(), writerNamed+"="+writer, fileNamed+"="+file)
	if said, err := child.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", writer, err, said)
	}
	used := child.ProcessState.SysUsage().(*syscall.Rusage)
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return spent{time.Duration(used.Utime.Nano()).Seconds(), time.Duration(used.Stime.Nano()).Seconds(), used.Maxrss << 10, info.Size()}
}

// TestMillionWriter is the measured process, and nothing otherwise.
func TestMillionWriter(t *testing.T) {
	writer, file := os.Getenv(writerNamed), os.Getenv(fileNamed)
	if writer == "" {
		t.Skip("only the benchmark's child does something here")
	}
	write := map[string]func(string) error{"own": writeOwn, "excelize": writeExcelize}[writer]
	if err := write(file); err != nil {
		t.Fatal(err)
	}
}

const wide = `
type: wide
title: Wide
sql: select 1
columns:
  - { name: id, format: integer }
  - { name: fecha, format: datetime }
  - { name: zona }
  - { name: cliente }
  - { name: importe, format: money, total: sum }
  - { name: iva, format: number, total: sum }
  - { name: c, format: number }
  - { name: d, format: number }
  - { name: e, format: integer }
  - { name: ok, format: boolean }
chart: { category: zona, value: importe }
`

var (
	zones = []string{"norte", "sur", "este", "oeste"}
	first = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// A record is a row that both write. Half of its columns are amounts, as in reports:
// cents, not random digits.
type record struct {
	id, hundredth         int64
	at                    time.Time
	zone, client          string
	amount, tax, price, c float64
	even                  bool
}

func recordOf(i int) record {
	return record{
		id: int64(i), at: first.Add(time.Duration(i) * time.Minute), zone: zones[i%4], client: "cliente " + strconv.Itoa(i),
		amount: float64(i) * 1.25, tax: float64(i) * 0.21, price: float64(i) * 3.5, c: float64(i%997) / 7,
		hundredth: int64(i % 100), even: i%2 == 0,
	}
}

// values and cells are the record as each writer takes it.
func (r record) values(into []value.Value) {
	into[0] = value.OfInt(r.id)
	into[1] = value.Value{Kind: value.Timestamp, Moment: value.OfTime(r.at, false)}
	into[2], into[3] = value.OfText(r.zone), value.OfText(r.client)
	into[4], into[5], into[6], into[7] = value.OfDouble(r.amount), value.OfDouble(r.tax), value.OfDouble(r.price), value.OfDouble(r.c)
	into[8], into[9] = value.OfInt(r.hundredth), value.OfBool(r.even)
}

func (r record) cells(into []any, date, money int) {
	into[0] = r.id
	into[1] = excelize.Cell{StyleID: date, Value: r.at}
	into[2], into[3] = r.zone, r.client
	into[4] = excelize.Cell{StyleID: money, Value: r.amount}
	into[5], into[6], into[7] = r.tax, r.price, r.c
	into[8], into[9] = r.hundredth, r.even
}

func writeOwn(file string) error {
	d, err := definition.Read("wide.yaml", []byte(wide))
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	book, err := workbook.Create(out, d, workbook.Options{Language: locale.Spanish, Format: definition.XLSX, Made: first})
	if err != nil {
		return err
	}
	values := make([]value.Value, 10)
	for i := range million {
		recordOf(i).values(values)
		if err := book.Row(values); err != nil {
			return err
		}
	}
	if err := book.Close(); err != nil {
		return err
	}
	return out.Close()
}

// writeExcelize is what excelize's documentation advises for many rows.
func writeExcelize(file string) error {
	book := excelize.NewFile()
	defer book.Close()
	stream, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	date, money, err := peerStyles(book)
	if err != nil {
		return err
	}
	cells := make([]any, 10)
	for i := range million {
		recordOf(i).cells(cells, date, money)
		if err := stream.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return book.SaveAs(file)
}

func peerStyles(book *excelize.File) (date, money int, err error) {
	if date, err = book.NewStyle(&excelize.Style{NumFmt: 22}); err != nil {
		return 0, 0, err
	}
	money, err = book.NewStyle(&excelize.Style{NumFmt: 4})
	return date, money, err
}
