package main

import (
	"errors"
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
		Args: oneFile("a template", "pasarela template render TEMPLATE"),
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
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("requires a template or several: pasarela template lint FILE FILE")
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
				problems += template.Lint(cmd.OutOrStdout(), file, string(text), samples)
			}
			switch problems {
			case 0:
				return nil
			case 1:
				return errors.New("1 problem")
			}
			return fmt.Errorf("%d problems", problems)
		},
	}
	cmd.Flags().StringArrayVar(&sampleFiles, "sample", nil, "JSON file of an event to render with (repeatable)")
	return cmd
}

func newTemplateTest() *cobra.Command {
	return &cobra.Command{
		Use:   "test CASES",
		Short: "Run a file of template cases, one JSON object a line",
		Long: `Run a file of template cases (- for standard input), one JSON object a line:

  {"name": "hello", "template": "Hello $name", "context": {"name": "Ana"}, "expected": "Hello Ana"}
  {"template": "$input.params('q')", "context": {"$apigw": {"params": {"querystring": {"q": "x"}}}}, "expected": "x"}
  {"template": "#if($x", "error": {"kind": "parse"}}

"context" has the variables, or under "$apigw" a sample event as render takes it. "error"
is parse or runtime. "profile": "velocity17" is Velocity as it comes instead of API
Gateway's. Each failing case is shown with the difference; the exit status is 1 then.`,
		Args: oneFile("the cases", "pasarela template test CASES"),
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
			return runCases(cmd.OutOrStdout(), args[0], in)
		},
	}
}

func runCases(out io.Writer, name string, in io.Reader) error {
	_, failed, err := template.Test(out, in)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case failed == 1:
		return errors.New("1 case failed")
	case failed > 0:
		return fmt.Errorf("%d cases failed", failed)
	}
	return nil
}

// oneFile takes exactly one argument, which is what the command works on.
func oneFile(what, usage string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("requires one file, %s, or - for standard input: %s", what, usage)
	}
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
