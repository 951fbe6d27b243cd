package source

// SQLServerDSN is what the driver is given for an address.
var SQLServerDSN = sqlServerDialect.dsn

// How driver-specific values are read.
var (
	ReadMoney        = readMoney
	MySQLReading     = mysqlReading
	SQLiteReading    = sqliteReading
	SQLServerReading = sqlServerReading
	ReadableMode     = readableMode
)
