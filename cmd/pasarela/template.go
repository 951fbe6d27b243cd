package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/templatetool"
)

func newTemplate(l language.Language) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "template",
		Short: l.Say("template.short"),
	}
	cmd.AddCommand(newTemplateRender(l), newTemplateLint(l), newTemplateTest(l))
	return cmd
}

func newTemplateRender(l language.Language) *cobra.Command {
	var sampleFile string
	cmd := &cobra.Command{
		Use:   "render TEMPLATE",
		Short: l.Say("render.short"),
		Long:  l.Say("render.long"),
		Args:  commandline.OneFile(l, "usage.a_template", "pasarela template render TEMPLATE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readFile(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			samples, err := samplesOf([]string{sampleFile})
			if err != nil {
				return err
			}
			return templatetool.Render(newTerminal(cmd.OutOrStdout()).payload(), l, args[0], string(text), samples[0])
		},
	}
	cmd.Flags().StringVar(&sampleFile, "sample", "", l.Say("render.sample"))
	return cmd
}

func newTemplateLint(l language.Language) *cobra.Command {
	var sampleFiles []string
	cmd := &cobra.Command{
		Use:   "lint TEMPLATE...",
		Short: l.Say("lint.short"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return language.Errorf("usage.files")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			samples, err := samplesOf(sampleFiles)
			if err != nil {
				return err
			}
			problems := 0
			for _, file := range args {
				text, err := readFile(file, cmd.InOrStdin())
				if err != nil {
					return err
				}
				problems += templatetool.Lint(newTerminal(cmd.OutOrStdout()), l, file, string(text), samples)
			}
			if problems > 0 {
				return language.Errorf("lint.problems", "n", problems)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&sampleFiles, "sample", nil, l.Say("lint.sample"))
	return cmd
}

func newTemplateTest(l language.Language) *cobra.Command {
	return &cobra.Command{
		Use:   "test CASES",
		Short: l.Say("cases.short"),
		Long:  l.Say("cases.long"),
		Args:  commandline.OneFile(l, "usage.the_cases", "pasarela template test CASES"),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer file.Close()
				in = file
			}
			return runCases(newTerminal(cmd.OutOrStdout()), args[0], in)
		},
	}
}

func runCases(out io.Writer, name string, in io.Reader) error {
	_, failed, err := templatetool.Test(out, in)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case failed > 0:
		return language.Errorf("cases.all_failed", "n", failed)
	}
	return nil
}

// samplesOf reads samples; none, or an empty name, is the default one.
func samplesOf(files []string) ([]*templatetool.Sample, error) {
	var samples []*templatetool.Sample
	for _, file := range files {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sample, err := templatetool.ReadSample(file, string(text))
		if err != nil {
			return nil, err
		}
		samples = append(samples, sample)
	}
	if len(samples) == 0 {
		samples = []*templatetool.Sample{templatetool.DefaultSample()}
	}
	return samples, nil
}
