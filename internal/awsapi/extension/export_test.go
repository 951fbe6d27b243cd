package extension

import "github.com/pasarela-ws/pasarela/internal/awsapi/wire"

// Operations is the table, to be held against the documentation and the tests.
func Operations() []wire.Operation { return Services{}.operations() }

// Bounds that tests go to.
const (
	MaxFile     = maxFile
	MaxTemplate = maxTemplate
)
