package vtl

// Take takes of a budget, as a rendering does.
func (b *Budget) Take(bytes int) bool { return b.take(bytes) }
