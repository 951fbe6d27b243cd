package report

import (
	"context"
	"errors"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// Check reads the definitions of a folder. With the addresses of sources by name, the
// databases of the definitions are connected to, and each reads their queries without
// running them. The error lists file, line and reason of everything that is wrong, and the
// sources that did not answer.
func Check(ctx context.Context, dir string, addresses map[string]string) ([]*definition.Definition, error) {
	var catalogue definition.Catalogue
	if err := catalogue.Load(dir, nil); err != nil {
		return nil, err
	}
	if len(addresses) == 0 {
		return catalogue.All(), nil
	}
	c := checker{addresses: addresses, sources: map[string]*source.Source{}, unchecked: map[string]int{}, silent: map[string]error{}}
	defer c.close()
	for _, d := range catalogue.All() {
		if err := c.check(ctx, d); err != nil {
			return nil, err
		}
	}
	return catalogue.All(), c.result()
}

// A checker checks definitions by their databases.
type checker struct {
	addresses map[string]string
	sources   map[string]*source.Source
	done      []func()
	problems  definition.Problems
	names     []string         // of the sources that did not answer
	silent    map[string]error // why
	unchecked map[string]int   // definitions of them
}

// check gathers what is wrong with a definition. The error is that of an address.
func (c *checker) check(ctx context.Context, d *definition.Definition) error {
	if _, given := c.addresses[d.Source]; (given || d.Source == sampleSource) && c.sources[d.Source] == nil {
		opened, done, err := openLocal(ctx, d.Source, c.addresses)
		if err != nil {
			return err
		}
		c.sources[d.Source], c.done = opened, append(c.done, done)
	}
	problems := checkSource(d, c.sources)
	if len(problems) == 0 {
		problems = c.describe(ctx, d)
	}
	c.problems = append(c.problems, problems...)
	return nil
}

// describe has the definition's database read its query. One that does not answer is not
// asked again.
func (c *checker) describe(ctx context.Context, d *definition.Definition) definition.Problems {
	if c.silent[d.Source] != nil {
		c.unchecked[d.Source]++
		return nil
	}
	columns, err := c.sources[d.Source].Describe(ctx, d.SQL, d.IsList)
	switch {
	case errors.Is(err, source.ErrUnavailable), errors.Is(err, source.ErrLogin):
		c.names, c.silent[d.Source], c.unchecked[d.Source] = append(c.names, d.Source), err, 1
		return nil
	case err != nil:
		return definition.Problems{{File: d.File, Line: d.SQLAt(source.LineOf(err)), Reason: language.Errorf("definition.sql", "why", err)}}
	case columns != nil:
		_, err = d.Places(columns)
	}
	var problems definition.Problems
	errors.As(err, &problems)
	return problems
}

func (c *checker) result() error {
	var all []error
	if len(c.problems) > 0 {
		all = append(all, c.problems)
	}
	for _, name := range c.names {
		all = append(all, language.Errorf("reports_check.silent", "why", c.silent[name], "count", c.unchecked[name]))
	}
	return errors.Join(all...)
}

func (c *checker) close() {
	for _, done := range c.done {
		done()
	}
}
