package pasarela

// Function is a Lambda function that runs here, with everything that belongs to it: one
// document, so that a change of it is one write.
type Function struct {
	Name     string            `json:"name"`
	Latest   FunctionVersion   `json:"latest"` // $LATEST
	Versions []FunctionVersion `json:"versions,omitempty"`
	// LastVersion is the greatest number that a version was published under.
	LastVersion int             `json:"lastVersion,omitempty"`
	Aliases     []FunctionAlias `json:"aliases,omitempty"`
	// Policies are the resource policies by qualifier, "" for the function itself.
	Policies map[string]FunctionPolicy `json:"policies,omitempty"`
	Tags     map[string]string         `json:"tags,omitempty"`
	// Concurrency is ReservedConcurrentExecutions; nil: none is reserved.
	Concurrency *int `json:"concurrency,omitempty"`
}

// LatestVersion names the version of a function that can be changed.
const LatestVersion = "$LATEST"

// FunctionVersion is the configuration and the code of one version.
type FunctionVersion struct {
	Version     string            `json:"version"`
	Description string            `json:"description,omitempty"`
	Runtime     string            `json:"runtime"` // nodejs22.x, python3.13, provided.al2023, java21
	Handler     string            `json:"handler,omitempty"`
	RoleARN     string            `json:"roleArn,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Timeout     int               `json:"timeout"`    // seconds, 1 to 900
	MemorySize  int               `json:"memorySize"` // MB
	// Architectures is what the code was built for, as given at its creation.
	Architectures []string `json:"architectures,omitempty"`
	CodeSHA256    string   `json:"codeSha256"` // of the zip file, base64
	CodeSize      int64    `json:"codeSize"`   // bytes of the zip file
	LastModified  string   `json:"lastModified"`
	RevisionID    string   `json:"revisionId"`
}

// FunctionAlias is a name for a version.
type FunctionAlias struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Description string `json:"description,omitempty"`
	RevisionID  string `json:"revisionId"`
}

// FunctionPolicy is a resource policy: its statements as JSON, by their ids in the order
// in which they were added.
type FunctionPolicy struct {
	Statements []FunctionStatement `json:"statements"`
	RevisionID string              `json:"revisionId"`
}

// FunctionStatement is one permission of a resource policy.
type FunctionStatement struct {
	ID   string `json:"id"`
	Text string `json:"text"` // the statement as JSON
}

// Document is the policy as a policy document.
func (p FunctionPolicy) Document() string {
	text := `{"Version":"2012-10-17","Id":"default","Statement":[`
	for i, statement := range p.Statements {
		if i > 0 {
			text += ","
		}
		text += statement.Text
	}
	return text + "]}"
}

// Find returns the version that a qualifier names: "" and $LATEST, a number, or an alias.
func (f *Function) Find(qualifier string) (*FunctionVersion, bool) {
	if qualifier == "" || qualifier == LatestVersion {
		return &f.Latest, true
	}
	for _, alias := range f.Aliases {
		if alias.Name == qualifier {
			qualifier = alias.Version
			break
		}
	}
	if qualifier == LatestVersion {
		return &f.Latest, true
	}
	for i := range f.Versions {
		if f.Versions[i].Version == qualifier {
			return &f.Versions[i], true
		}
	}
	return nil, false
}

// FunctionARN is arn:aws:lambda:{region}:{account}:function:{name}[:{qualifier}].
func (ra RegionAccount) FunctionARN(name, qualifier string) string {
	arn := "arn:aws:lambda:" + ra.Region + ":" + ra.AccountID + ":function:" + name
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return arn
}
