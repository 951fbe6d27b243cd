package wire

import (
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// unserved is the error for a service that is not here; a client that was given this
// server's address as its --endpoint-url sends it everything.
func (rt *Router) unserved(name string) error {
	var served []string
	for _, s := range rt.services() {
		if s.signedAs != "" {
			s.name += " (" + s.signedAs + ")"
		}
		served = append(served, s.name)
	}
	return pasarela.Errorf(CodeUnknownOperation, "The service '%s', for which this request is, is not served here. Served are %s. Give this endpoint to these services only.", name, strings.Join(served, ", "))
}

// imagesUnserved is the answer to clients that ask Elastic Container Registry whether there
// are repositories, as the Serverless Framework does when it removes a service: there are
// none here (A-WIRE-18). It is nil for every other request.
func imagesUnserved(r *http.Request, service string) error {
	if service != "ecr" || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeRepositories") {
		return nil
	}
	return pasarela.Errorf("RepositoryNotFoundException", "There are no repositories: this server keeps no images of containers.")
}

// writeUnserved writes err in the protocol of the service that was meant, or its client
// could show the status alone.
func writeUnserved(w http.ResponseWriter, r *http.Request, service string, err error) {
	requestID := StampRequestID(w)
	a := RESTErrorResponse(err)
	var content string
	var body []byte
	switch protocolOf(r, service) {
	case protocolJSON:
		content = r.Header.Get("Content-Type")
		body, _ = json.Marshal(map[string]string{"__type": a.Code, "message": a.Message}) // strings always encode
	case protocolCBOR:
		content, body = "application/cbor", cborTexts("__type", a.Code, "message", a.Message)
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	case protocolQuery:
		WriteQueryError(w, "", requestID, err)
		return
	case protocolEC2:
		content = "text/xml"
		body, _ = xml.Marshal(ec2Error{Code: a.Code, Message: a.Message, RequestID: requestID}) // strings always encode
	case protocolS3:
		content = "application/xml"
		body, _ = xml.Marshal(s3Error{Code: a.Code, Message: a.Message, RequestID: requestID}) // strings always encode
	default:
		WriteRESTError(w, err)
		return
	}
	w.Header().Set("Content-Type", content)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(body) // the client is gone: nothing to tell it
}

// protocol is one of AWS's forms of requests and errors.
type protocol uint8

const (
	protocolREST protocol = iota // rest-json
	protocolJSON                 // json 1.0 and 1.1
	protocolCBOR                 // rpc-v2-cbor
	protocolQuery
	protocolEC2
	protocolS3 // rest-xml
)

func protocolOf(r *http.Request, service string) protocol {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return protocolCBOR
	case r.Header.Get("X-Amz-Target") != "" && strings.HasPrefix(media, "application/x-amz-json-"):
		return protocolJSON
	case service == "s3" || strings.HasPrefix(service, "s3-") || service == "s3express":
		return protocolS3
	case service == "ec2":
		return protocolEC2
	case media == "application/x-www-form-urlencoded", r.URL.Query().Has("Action"), service == "route53", service == "cloudfront":
		return protocolQuery // the two of rest-xml have its errors
	}
	return protocolREST
}

type ec2Error struct {
	XMLName   xml.Name `xml:"Response"`
	Code      string   `xml:"Errors>Error>Code"`
	Message   string   `xml:"Errors>Error>Message"`
	RequestID string   `xml:"RequestID"`
}

type s3Error struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
}

// cborTexts is a map of texts in CBOR (RFC 8949), at most 23 pairs.
func cborTexts(pairs ...string) []byte {
	out := []byte{0xa0 | byte(len(pairs)/2)}
	for _, text := range pairs {
		out = binary.BigEndian.AppendUint16(append(out, 0x79), uint16(len(text)))
		out = append(out, text...)
	}
	return out
}
