package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/stackfolder"
)

// definitionFiles are the files in a folder of report definitions that make a report what it
// is; others there, such as dev's own data, change all the time.
var definitionFiles = []string{".yaml", ".yml", ".png", ".jpg"}

// definitionsWatch notices changes of a folder of report definitions.
type definitionsWatch struct {
	folder        string // "": the samples, which do not change
	read, pending string // states of the files: as last read, and at the last look
}

func watchDefinitions(folder string) *definitionsWatch {
	w := &definitionsWatch{folder: folder}
	w.read = w.state()
	w.pending = w.read
	return w
}

// state is a text that changes when a file does.
func (w *definitionsWatch) state() string {
	if w.folder == "" {
		return ""
	}
	entries, err := os.ReadDir(w.folder)
	if err != nil {
		return err.Error() // also a change: the folder is gone
	}
	var files []string
	for _, entry := range entries {
		if slices.Contains(definitionFiles, strings.ToLower(filepath.Ext(entry.Name()))) {
			files = append(files, filepath.Join(w.folder, entry.Name()))
		}
	}
	return stackfolder.State(files...)
}

// changed says once of every change that it is there. A change counts when the files are the
// same at two looks, since some editors write a file in several steps.
func (w *definitionsWatch) changed() bool {
	now := w.state()
	settled := now == w.pending
	w.pending = now
	if !settled || now == w.read {
		return false
	}
	w.read = now
	return true
}

// reload puts changed definitions in force, or prints what is wrong with them, file and line.
func (r *reports) reload(screen *terminal, l language.Language) {
	if err := r.service.Reload(); err != nil {
		fmt.Fprintln(screen, l.Say("dev.definitions_wrong", "problems", l.Of(err)))
		return
	}
	types := r.service.Types()
	if len(types) == 0 {
		fmt.Fprintln(screen, l.Say("dev.definitions_none"))
		return
	}
	fmt.Fprintln(screen, l.Say("dev.definitions_read", "types", strings.Join(types, ", ")))
}
