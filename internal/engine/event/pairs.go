package event

import "strings"

// Pair is a name and its value. Where a name comes more than once the pairs
// stand in the order received.
type Pair struct{ Name, Value string }

// Params are the parameters of a request. Names keep the case the client wrote.
type Params struct {
	Path        []Pair
	Querystring []Pair
	Header      []Pair
}

// Last is the value of the last pair of that name, compared with case
// (aws-dataplane §4.2: of repeated parameters the last value counts).
func Last(pairs []Pair, name string) (value string, ok bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value, true
		}
	}
	return "", false
}

// LastFold is [Last] without regard to case, for names of headers.
func LastFold(pairs []Pair, name string) (value string, ok bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if strings.EqualFold(pairs[i].Name, name) {
			return pairs[i].Value, true
		}
	}
	return "", false
}
