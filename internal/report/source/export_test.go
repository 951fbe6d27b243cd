package source

// SQLServerDSN is what the driver is given for an address.
var SQLServerDSN = sqlServerDialect.dsn

// How raw and driver-specific values are read.
var (
	UniqueIdentifier = uniqueIdentifier
	Bits             = bits
	Plain            = plain
)
