package pasarela

import "time"

// APIKey is a v1 API key: a secret that a usage plan meters.
type APIKey struct {
	ID              string            `json:"id"`
	Value           string            `json:"value"`
	Name            string            `json:"name,omitempty"`
	CustomerID      string            `json:"customerId,omitempty"`
	Description     string            `json:"description,omitempty"`
	Enabled         bool              `json:"enabled"`
	StageKeys       []string          `json:"stageKeys,omitempty"`
	Tags            map[string]string `json:"tags,omitempty"`
	CreatedDate     time.Time         `json:"createdDate"`
	LastUpdatedDate time.Time         `json:"lastUpdatedDate"`
}

// UsagePlan meters the API keys in KeyIDs on the stages in APIStages.
type UsagePlan struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	ProductCode string            `json:"productCode,omitempty"`
	APIStages   []UsagePlanStage  `json:"apiStages,omitempty"`
	Throttle    *ThrottleSettings `json:"throttle,omitempty"`
	Quota       *QuotaSettings    `json:"quota,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	KeyIDs      []string          `json:"keyIds,omitempty"`
}

// UsagePlanStage is one stage under a plan, with throttles by "route/method".
type UsagePlanStage struct {
	APIID    string                      `json:"apiId"`
	Stage    string                      `json:"stage"`
	Throttle map[string]ThrottleSettings `json:"throttle,omitempty"`
}

// ThrottleSettings is a token bucket: RateLimit tokens a second, BurstLimit deep.
type ThrottleSettings struct {
	BurstLimit int     `json:"burstLimit"`
	RateLimit  float64 `json:"rateLimit"`
}

// QuotaSettings allows Limit requests a Period (DAY, WEEK or MONTH) that starts on
// day Offset of the week or month, counted from 0 (A-THROTTLE-3).
type QuotaSettings struct {
	Limit  int    `json:"limit"`
	Offset int    `json:"offset"`
	Period string `json:"period"`
}

// KeyUsage is what one API key used under one usage plan, on all nodes.
type KeyUsage struct {
	Days map[string]int `json:"days,omitempty"` // requests of a day, 2006-01-02 in UTC
	// Granted are requests that an operator gave beyond (or, negative, took from)
	// the limit, in the period that began on the day GrantedIn.
	Granted   int    `json:"granted,omitempty"`
	GrantedIn string `json:"grantedIn,omitempty"`
	// Batches are the ids of the last additions, oldest first, so that none is made twice.
	Batches []string `json:"batches,omitempty"`
}

// ClientCertificate is the certificate that the gateway presents to HTTP
// backends of a stage. No call returns the private key.
type ClientCertificate struct {
	ClientCertificateID   string            `json:"clientCertificateId"`
	Description           string            `json:"description,omitempty"`
	PEMEncodedCertificate string            `json:"pemEncodedCertificate"`
	PEMEncodedPrivateKey  string            `json:"pemEncodedPrivateKey"`
	CreatedDate           time.Time         `json:"createdDate"`
	ExpirationDate        time.Time         `json:"expirationDate"`
	Tags                  map[string]string `json:"tags,omitempty"`
}

// Account holds the account-wide settings of the v1 API.
type Account struct {
	CloudWatchRoleARN string `json:"cloudwatchRoleArn,omitempty"`
}
