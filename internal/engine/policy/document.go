package policy

// Kind says by which rules of syntax a document is read.
type Kind uint8

// Kinds of documents.
const (
	Identity   Kind = iota + 1 // attached to a user or role, a boundary, or given to a session
	Trust                      // a role's AssumeRolePolicyDocument
	Resource                   // attached to a resource: names principals and resources
	Authorizer                 // returned by a Lambda authorizer: identity without checks of style
)

// Document is a compiled policy. It is immutable and safe for concurrent use.
type Document struct {
	Version    string // 2012-10-17 or 2008-10-17
	ID         string
	Statements []*Statement
}

// Statement is one compiled statement.
type Statement struct {
	SID        string
	Deny       bool // its Effect
	Start, End Position

	actions      patterns
	resources    patterns
	principals   *principals // nil: the document names none
	conditions   []condition
	hasResources bool // trust statements have none and match any
}

// Position is a place in the text of a document, as AWS's simulator counts:
// lines from 1, columns from 1, just behind the brace that it points at.
type Position struct {
	Line   int
	Column int
}

// patterns is Action or Resource, or their Not forms.
type patterns struct {
	list []pattern
	not  bool
}

// Parse reads and compiles a document. The error is a *pasarela.Error with
// [CodeMalformed] and the sentence that AWS returns.
func Parse(text string, kind Kind) (*Document, error) {
	root, err := parseJSON(text)
	if err != nil {
		return nil, errSyntax()
	}
	raw, err := readSyntax(root)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Identity:
		err = checkIdentity(raw)
	case Trust:
		err = checkTrust(raw)
	default:
		err = checkMinimal(raw, kind)
	}
	if err != nil {
		return nil, err
	}
	return compile(text, raw)
}
