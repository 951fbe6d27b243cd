package source

// SQLServerDSN is what the driver is given for an address.
var SQLServerDSN = sqlServerAddress

// How driver-specific values are read.
var (
	ReadMoney        = readMoney
	MySQLReading     = mysqlReading
	SQLiteReading    = sqliteReading
	SQLServerReading = sqlServerReading
	ReadableMode     = readableMode
)
