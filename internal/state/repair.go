package state

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// Report is what [CheckStore] found in a data directory.
type Report struct {
	Keys     int      // that can be read, removed ones not counted
	Revision uint64   // of the newest of them
	Damaged  []string // places that cannot be read, with intact writes behind
	Torn     []string // ends of files that a kill left, with nothing behind
	Lost     []string // acknowledged writes that are gone, by key and revision
	// Tasks wait in the queue of asynchronous routes, and DeadLetters were given up, as far
	// as they can be read. Of those that cannot, only the damaged place is known.
	Tasks, DeadLetters int
	Refusal            error // why a node would not start on it, nil if it would
	// Interrupted is a repair that is to be finished; of the store nothing but Refusal is said.
	Interrupted bool
}

// Whole says whether nothing is damaged or gone.
func (r Report) Whole() bool { return len(r.Damaged) == 0 && len(r.Lost) == 0 && r.Refusal == nil }

// errNoStore is the answer about a directory in which no store was ever made.
var errNoStore = errors.New("there is no embedded store in it: a node with --nats-url keeps its state in NATS, and one that never started has none")

// CheckStore reads the embedded store of a data directory on which no node runs, and
// compares it with the log of acknowledged writes. It changes nothing: it tries a start
// on a copy, in a temporary directory.
func CheckStore(ctx context.Context, dir string) (Report, error) {
	unlock, err := lockStore(dir)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	if err := checkRepair(dir); err != nil {
		return Report{Refusal: err, Interrupted: true}, nil
	}
	known, _, err := readStoreLog(dir)
	if err != nil {
		return Report{}, err
	}
	found, err := readBlocks(dir)
	if err != nil {
		return Report{}, err
	}
	queues, err := readQueues(dir)
	if err != nil {
		return Report{}, err
	}
	report := found.report(known, queues)
	copied, err := os.MkdirTemp("", "pasarela-store-")
	if err != nil {
		return report, err
	}
	defer func() { _ = os.RemoveAll(copied) }() // a temporary directory
	if err := copyStore(dir, copied); err != nil {
		return report, err
	}
	store, refused := openEmbedded(ctx, Options{Dir: copied, Node: "check", Log: slog.New(slog.DiscardHandler)})
	if refused == nil {
		store.Close()
	}
	if refused != nil {
		report.Refusal = errors.New(strings.ReplaceAll(refused.Error(), copied, dir))
	}
	return report, nil
}

// report sums up what the blocks and queues hold and lack. A record cut off at the end of a
// file is torn, which a kill explains; one with records behind it is damaged.
func (b *blocks) report(known map[string]noted, queues []queueRecords) Report {
	r := Report{Lost: lostOf(known, b.notes())}
	positions := slices.Clone(b.positions)
	for _, q := range queues {
		positions = append(positions, q.positions...)
		if q.stream == taskStream {
			r.Tasks = len(q.live)
		} else {
			r.DeadLetters = len(q.live)
		}
	}
	for _, s := range b.newest {
		if s.value != nil {
			r.Keys++
		}
		r.Revision = max(r.Revision, s.revision)
	}
	for _, s := range positions {
		if s.Behind {
			r.Damaged = append(r.Damaged, s.String())
		} else {
			r.Torn = append(r.Torn, s.String())
		}
	}
	return r
}

// storeParts are the files of a data directory that belong to the store.
var storeParts = []string{storeFolder, storeLogFile, checkpointFile}

func lockStore(dir string) (unlock func(), err error) {
	_, noStore := os.Stat(filepath.Join(dir, storeFolder))
	_, noMark := os.Stat(filepath.Join(dir, checkpointFile))
	if noStore != nil && noMark != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, errNoStore)
	}
	if unlock, err = lock(filepath.Join(dir, "lock")); err != nil {
		return nil, fmt.Errorf("data directory %s: a node runs on it, which must be stopped first: %w", dir, err)
	}
	return unlock, nil
}

// copyStore copies the parts of a store that lie in the data directory; parts that are not
// there are left out.
func copyStore(from, to string) error {
	for _, part := range storeParts {
		info, err := os.Stat(filepath.Join(from, part))
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return err
		case info.IsDir():
			err = os.CopyFS(filepath.Join(to, part), os.DirFS(filepath.Join(from, part)))
		default:
			var data []byte
			if data, err = os.ReadFile(filepath.Join(from, part)); err == nil {
				err = os.WriteFile(filepath.Join(to, part), data, 0o600)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Repaired is what [RepairStore] did.
type Repaired struct {
	Report        // of the store as it was
	Kept   int    // keys that are in the store now
	Aside  string // where the damaged store lies; empty: nothing was wrong and nothing done
}

// RepairStore recreates the embedded store of a data directory from the newest intact
// write of each key, as far as the store log says, and moves the damaged store aside. The
// report names what is lost. A store that is whole stays as it is.
//
// A repair that was interrupted while it replaced the store is finished by the next one; until
// then no node starts on the directory.
func RepairStore(ctx context.Context, dir string, log *slog.Logger) (done Repaired, err error) {
	return repairStore(ctx, dir, log, os.Rename)
}

func repairStore(ctx context.Context, dir string, log *slog.Logger, rename func(from, to string) error) (done Repaired, err error) {
	if done.Report, err = CheckStore(ctx, dir); err != nil || done.Whole() {
		return done, err
	}
	unlock, err := lockStore(dir)
	if err != nil {
		return done, err
	}
	defer unlock()
	if done.Aside, err = interruptedRepair(dir); err != nil {
		return done, err
	}
	if done.Aside == "" {
		if done.Aside, err = makeRepaired(ctx, dir, log, rename); err != nil {
			done.Aside = ""
			return done, err
		}
	}
	if err := replaceStore(dir, done.Aside, rename); err != nil {
		return done, err
	}
	now, err := readBlocks(dir)
	if err == nil {
		done.Kept = now.report(nil, nil).Keys
	}
	return done, err
}

// makeRepaired makes the repaired store, in the folder in which the damaged one will be kept.
func makeRepaired(ctx context.Context, dir string, log *slog.Logger, rename func(from, to string) error) (aside string, err error) {
	known, _, err := readStoreLog(dir)
	if err != nil {
		return "", err
	}
	if known == nil {
		return "", fmt.Errorf("data directory %s has no %s, so it is not known which values were the last ones%s", dir, storeLogFile, repair)
	}
	found, err := readBlocks(dir)
	if err != nil {
		return "", err
	}
	writes := found.recovered(known)
	if len(writes) == 0 {
		return "", fmt.Errorf("data directory %s: nothing in the store can be read%s", dir, repair)
	}
	made, err := os.MkdirTemp(dir, "repairing-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(made) }() // it holds only copies
	queues, err := readQueues(dir)
	if err != nil {
		return "", err
	}
	if err := makeStore(ctx, made, writes, log); err != nil {
		return "", fmt.Errorf("make the repaired store: %w", err)
	}
	if err := copyQueues(ctx, dir, made, queues, log); err != nil {
		return "", fmt.Errorf("bring the waiting calls and the dead letters into the repaired store: %w", err)
	}
	aside = filepath.Join(dir, asidePrefix+time.Now().UTC().Format("20060102T150405"))
	if err := os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, os.ErrExist) { // left empty by an interruption in this second
		return "", err
	}
	if err := rename(made, filepath.Join(aside, repairedFolder)); err != nil {
		return "", err
	}
	return aside, errors.Join(atomicfile.SyncFolder(aside), atomicfile.SyncFolder(dir))
}

// repairNode is the name of the node that a repair opens a store as.
const repairNode = "repair"

// recoveredRecords is a value to be written again.
type recoveredRecords struct {
	key string
	stored
}

// recovered are the values to keep, in the order in which they were written: those that
// the store log has as the last of their key, and those written after its last line,
// which a power cut may have removed from the log.
func (b *blocks) recovered(known map[string]noted) (all []recoveredRecords) {
	var newest uint64
	for _, n := range known {
		newest = max(newest, n.revision)
	}
	for key, s := range b.newest {
		noted, there := known[key]
		if s.value != nil && key != startedKey+repairNode && (there && s.noted() == noted || s.revision > newest) {
			all = append(all, recoveredRecords{key, s})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].revision < all[j].revision })
	return all
}

var errOtherValue = errors.New("another value came back")

// makeStore makes a store with these values in an empty directory.
func makeStore(ctx context.Context, dir string, values []recoveredRecords, log *slog.Logger) error {
	store, err := openEmbedded(ctx, Options{Dir: dir, Node: repairNode, Log: log})
	if err != nil {
		return err
	}
	defer store.Close()
	for _, v := range values {
		if _, err := store.bucket.Put(ctx, v.key, v.value, 0); err != nil {
			return err
		}
	}
	if err := readBack(ctx, store.bucket, values); err != nil {
		return err
	}
	return store.forgetRepair(ctx)
}

// readBack reads values that were written to a bucket; its error names the first that is not
// there as it was written.
func readBack(ctx context.Context, from pasarela.Bucket, values []recoveredRecords) error {
	for _, v := range values {
		entry, err := from.Get(ctx, v.key)
		if err != nil || !bytes.Equal(entry.Value, v.value) {
			return fmt.Errorf("%s was written to the repaired store and could not be read from it: %w", v.key, cmp.Or(err, errOtherValue))
		}
	}
	return nil
}

// forgetRepair removes what an open store notes of the node that opened it.
func (s *Store) forgetRepair(ctx context.Context) error {
	last, err := s.bucket.last(ctx, startedKey+repairNode)
	if err != nil {
		return err
	}
	return s.bucket.Delete(ctx, startedKey+repairNode, last.Revision)
}
