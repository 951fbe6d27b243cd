package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/template"
)

func newTemplate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "template",
		Short: "Try mapping templates without a gateway",
	}
	cmd.AddCommand(newTemplateRender(), newTemplateLint(), newTemplateTest())
	return cmd
}

func newTemplateRender() *cobra.Command {
	var sampleFile string
	cmd := &cobra.Command{
		Use:   "render TEMPLATE",
		Short: "Render a mapping template with a sample event",
		Long: `Render the mapping template in a file (- for standard input) with a sample event: a
JSON file with "body", "params", "context" and "stageVariables", all optional. Without
one the event is the connect of a client with ?reportType=sales.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readFile(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			samples, err := samplesOf([]string{sampleFile})
			if err != nil {
				return err
			}
			return template.Render(cmd.OutOrStdout(), args[0], string(text), samples[0])
		},
	}
	cmd.Flags().StringVar(&sampleFile, "sample", "", "JSON file of the event")
	return cmd
}

func newTemplateLint() *cobra.Command {
	var sampleFiles []string
	cmd := &cobra.Command{
		Use:   "lint TEMPLATE...",
		Short: "Find what will go wrong in mapping templates",
		Args:  cobra.MinimumNArgs(1),
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
				problems += template.Lint(cmd.OutOrStdout(), file, string(text), samples)
			}
			if problems > 0 {
				return fmt.Errorf("%d problems", problems)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&sampleFiles, "sample", nil, "JSON file of an event to render with (repeatable)")
	return cmd
}

func newTemplateTest() *cobra.Command {
	return &cobra.Command{
		Use:   "test CASES",
		Short: "Run a file of template cases, one JSON object a line",
		Args:  cobra.ExactArgs(1),
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
			return runCases(cmd.OutOrStdout(), in)
		},
	}
}

func runCases(out io.Writer, in io.Reader) error {
	_, failed, err := template.Test(out, in)
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d cases failed", failed)
	}
	return err
}

// samplesOf reads samples; none, or an empty name, is the default one.
func samplesOf(files []string) ([]*template.Sample, error) {
	var samples []*template.Sample
	for _, file := range files {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sample, err := template.ReadSample(file, string(text))
		if err != nil {
			return nil, err
		}
		samples = append(samples, sample)
	}
	if len(samples) == 0 {
		samples = []*template.Sample{template.DefaultSample()}
	}
	return samples, nil
}
