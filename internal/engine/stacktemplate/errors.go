package stacktemplate

import "fmt"

// sentence makes an error of a sentence that people read, as CloudFormation writes it:
// with a capital and a full stop where it has them.
func sentence(format string, args ...any) error { return fmt.Errorf(format, args...) }
