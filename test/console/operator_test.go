package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// operator makes signed calls beside the page, for what a test needs before it begins.
type operator struct {
	t *testing.T
	server
}

// object is a JSON object of a call or an answer.
type object map[string]any

func (o object) text(name string) string {
	text, _ := o[name].(string)
	return text
}

// rest calls API Gateway with a JSON body and wants success.
func (o operator) rest(method, path string, body object) object {
	o.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	var response object
	if said := o.send("apigateway", method, path, "application/json", text); len(said) > 0 {
		if err := json.Unmarshal(said, &response); err != nil {
			o.t.Fatalf("%s %s: %v in %s", method, path, err, said)
		}
	}
	return response
}

// iam calls IAM with "Name", "value" pairs.
func (o operator) iam(action string, members ...string) {
	o.t.Helper()
	o.query("iam", "2010-05-08", action, members...)
}

// query calls a service of the query protocol with "Name", "value" pairs.
func (o operator) query(service, version, action string, members ...string) {
	o.t.Helper()
	form := url.Values{"Action": {action}, "Version": {version}}
	for i := 0; i < len(members); i += 2 {
		form.Set(members[i], members[i+1])
	}
	o.send(service, http.MethodPost, "/", "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (o operator) send(service, method, path, contentType string, body []byte) []byte {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), method, o.endpoint+path, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	hash := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: o.accessKeyID, SecretAccessKey: o.secretAccessKey}
	if err := v4.NewSigner().SignHTTP(o.t.Context(), key, request, hex.EncodeToString(hash[:]), service, "us-east-1", time.Now()); err != nil {
		o.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		o.t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, said, err)
	}
	return said
}

// account is the server's account, as it tells anybody.
func (o operator) account() string {
	o.t.Helper()
	response, err := http.Get(o.endpoint + "/console/facts.json")
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	var facts object
	if err := json.NewDecoder(response.Body).Decode(&facts); err != nil {
		o.t.Fatal(err)
	}
	return facts.text("accountId")
}
