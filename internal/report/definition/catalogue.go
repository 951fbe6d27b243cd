package definition

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A Catalogue is the set of report types in force. It can be read while it is
// being reloaded.
type Catalogue struct {
	MayBeEmpty bool // a folder without a definition is no error: the first is yet to be written

	current atomic.Pointer[map[string]*Definition]
}

// Get returns the definition of a report type.
func (c *Catalogue) Get(reportType string) (*Definition, bool) {
	found, ok := (*c.current.Load())[reportType]
	return found, ok
}

// All lists the definitions by type.
func (c *Catalogue) All() []*Definition {
	var all []*Definition
	for _, d := range *c.current.Load() {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *Definition) int { return strings.Compare(a.Type, b.Type) })
	return all
}

// Types lists the names of the report types, sorted.
func (c *Catalogue) Types() []string {
	var names []string
	for _, d := range c.All() {
		names = append(names, d.Type)
	}
	return names
}

// Load reads the definitions of a folder, or of the file system if dir is
// empty, and puts them in force all together or, if anything is wrong, not at
// all. The error lists every problem of every file.
func (c *Catalogue) Load(dir string, builtIn fs.FS) error {
	read, err := readAll(dir, builtIn, c.MayBeEmpty)
	if err != nil {
		return err
	}
	c.current.Store(&read)
	return nil
}

// Replace puts the definitions of another catalogue in force.
func (c *Catalogue) Replace(other *Catalogue) { c.current.Store(other.current.Load()) }

func readAll(dir string, builtIn fs.FS, mayBeEmpty bool) (map[string]*Definition, error) {
	shown, files := dir, builtIn
	if dir != "" {
		files = os.DirFS(dir)
	}
	names, err := definitionFiles(files)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, language.Errorf("definition.no_folder", "folder", shown)
	}
	if err != nil {
		return nil, language.Errorf("definition.folder_unread", "folder", shown, "why", err)
	}
	if len(names) == 0 && !mayBeEmpty {
		return nil, language.Errorf("definition.none", "folder", shown)
	}
	var problems Problems
	all := map[string]*Definition{}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, language.Errorf("definition.unread", "file", filepath.Join(shown, name), "why", err)
		}
		d, err := Read(filepath.Join(shown, name), content)
		if found, ok := err.(Problems); ok {
			problems = append(problems, found...)
			continue
		}
		if other, taken := all[d.Type]; taken {
			problems = append(problems, Problem{d.File, 1, language.Errorf("definition.type_twice", "type", strconv.Quote(d.Type), "file", other.File)})
			continue
		}
		all[d.Type] = d
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

func definitionFiles(files fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if extension := filepath.Ext(entry.Name()); !entry.IsDir() && (extension == ".yaml" || extension == ".yml") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}
