package atomicfile

// SyncFolder does nothing: Windows does not sync folders.
func SyncFolder(string) error { return nil }
