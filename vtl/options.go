package vtl

import "time"

// Options choose a dialect and its limits. The zero value of a limit means the
// default of [Velocity17]; start from [Velocity17] or [APIGateway] and change
// fields.
type Options struct {
	// UndefinedAsEmpty makes every reference without a value the empty string,
	// in output, #set, #if and arguments, instead of its source text (vtl §1
	// row 1).
	UndefinedAsEmpty bool
	// InlineMacros lets #macro define macros. Without it a #macro block prints
	// nothing and calls print their source text (vtl §1 row 2).
	InlineMacros bool
	// Evaluate enables the directive #evaluate, Include enables #include and
	// #parse. The last two fail when they run, as there is nothing to include; a
	// directive that is not known is text (vtl §1 rows 3 and 4).
	Evaluate, Include bool

	// Globals names variables that are passed by position: see
	// [Template.Append].
	Globals []string
	// Prepare is called while parsing for each call $name.method(arguments) on a
	// global whose arguments are all constants. What it returns is handed to the
	// host object with every such call ([Call.Prepared]): a compiled path, say.
	// It must be safe for concurrent use if parsing is.
	Prepare func(global, method string, arguments []Value) any

	// Memory bounds all renderings that share it together, besides MaxMemory, the
	// bound of each; nil is no common bound.
	Memory *Budget

	Limits
}

// Limits bound what a template may cost. A rendering that reaches one ends with
// an error, except for MaxIterations.
type Limits struct {
	// MaxTemplate is the size of a template in bytes.
	MaxTemplate int
	// MaxNesting is how deep blocks, and how deep expressions, may nest.
	MaxNesting int
	// MaxIterations is how often one #foreach runs its body; further iterations are left
	// out without an error, as with Velocity's directive.foreach.maxloops. 0 is no
	// limit.
	MaxIterations int
	// MaxOutput is how many bytes one rendering may print.
	MaxOutput int
	// MaxSteps is how many directives, references and iterations of loops one
	// rendering may execute. Work on long texts and lists counts as several.
	MaxSteps int
	// MaxMemory is how many bytes of texts, lists and maps one rendering may make.
	MaxMemory int
	// MaxString is the length of one text that a template makes, in bytes.
	MaxString int
	// RegexTime is how much processor time the regular expressions of one rendering may
	// take together, on systems other than Linux how much time. A match that has begun
	// may exceed it by half.
	RegexTime time.Duration
}

// Velocity17 is Apache Velocity 1.7 as it comes, within generous limits.
func Velocity17() Options {
	return Options{InlineMacros: true, Evaluate: true, Include: true, Limits: defaultLimits}
}

// APIGateway is Velocity as Amazon API Gateway runs it (vtl §1), with its limits:
// 300 KB of template and 1000 iterations of a loop.
func APIGateway() Options {
	o := Options{UndefinedAsEmpty: true, Limits: defaultLimits}
	o.MaxIterations = 1000
	return o
}

// The defaults are those of vtl §9; MaxSteps is a choice of pasarela (A-VTL-1).
var defaultLimits = Limits{
	MaxTemplate: 300 << 10,
	MaxNesting:  100,
	MaxOutput:   1 << 20,
	MaxSteps:    200_000,
	MaxMemory:   64 << 20,
	MaxString:   1 << 20,
	RegexTime:   100 * time.Millisecond,
}

// filled replaces zero limits by defaults.
func (l Limits) filled() Limits {
	fill(&l.MaxTemplate, defaultLimits.MaxTemplate)
	fill(&l.MaxNesting, defaultLimits.MaxNesting)
	fill(&l.MaxOutput, defaultLimits.MaxOutput)
	fill(&l.MaxSteps, defaultLimits.MaxSteps)
	fill(&l.MaxMemory, defaultLimits.MaxMemory)
	fill(&l.MaxString, defaultLimits.MaxString)
	if l.RegexTime <= 0 {
		l.RegexTime = defaultLimits.RegexTime
	}
	return l
}

func fill(limit *int, value int) {
	if *limit <= 0 {
		*limit = value
	}
}
