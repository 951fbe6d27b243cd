package pasarela

import (
	"encoding/json"
	"slices"
	"strconv"
)

// AppendAPIDocument appends the JSON of d to b: the bytes of json.Marshal in a quarter of its time. Every change of
// an API writes the whole document, which is routes and integrations for the most part: these are
// written field by field, the rest by encoding/json.
func AppendAPIDocument(b []byte, d *APIDocument) ([]byte, error) {
	o := openObject(b)
	o.definition(&d.Definition)
	if len(d.Stages) > 0 {
		o.other("stages", d.Stages)
	}
	if len(d.Deployments) > 0 {
		o.other("deployments", d.Deployments)
	}
	if d.Edits != 0 {
		o.other("edits", d.Edits)
	}
	if d.AutoDeployed != 0 {
		o.other("autoDeployed", d.AutoDeployed)
	}
	if len(d.Frozen) > 0 {
		o.other("frozen", d.Frozen)
	}
	return o.close()
}

// AppendDefinition is [AppendAPIDocument] for what a deployment freezes.
func AppendDefinition(b []byte, d *Definition) ([]byte, error) {
	o := openObject(b)
	o.definition(d)
	return o.close()
}

func (o *jsonObject) definition(d *Definition) {
	o.other("api", &d.API)
	appendList(o, "routes", d.Routes, (*Route).appendJSON)
	appendList(o, "integrations", d.Integrations, (*Integration).appendJSON)
	if len(d.Models) > 0 {
		o.other("models", d.Models)
	}
	if len(d.Authorizers) > 0 {
		o.other("authorizers", d.Authorizers)
	}
}

func (r *Route) appendJSON(b []byte) ([]byte, error) {
	o := openObject(b)
	o.text("routeId", r.RouteID)
	o.text("routeKey", r.RouteKey)
	o.optional("target", r.Target)
	o.text("authorizationType", r.AuthorizationType)
	if len(r.AuthorizationScopes) > 0 {
		o.other("authorizationScopes", r.AuthorizationScopes)
	}
	o.optional("authorizerId", r.AuthorizerID)
	o.name("apiKeyRequired")
	o.b = strconv.AppendBool(o.b, r.APIKeyRequired)
	o.optional("modelSelectionExpression", r.ModelSelectionExpression)
	o.optional("operationName", r.OperationName)
	o.texts("requestModels", r.RequestModels)
	if len(r.RequestParameters) > 0 {
		o.other("requestParameters", r.RequestParameters)
	}
	o.optional("routeResponseSelectionExpression", r.RouteResponseSelectionExpression)
	appendList(&o, "routeResponses", r.Responses, (*RouteResponse).appendJSON)
	return o.close()
}

func (r *RouteResponse) appendJSON(b []byte) ([]byte, error) {
	o := openObject(b)
	o.text("routeResponseId", r.RouteResponseID)
	o.text("routeResponseKey", r.RouteResponseKey)
	o.optional("modelSelectionExpression", r.ModelSelectionExpression)
	o.texts("responseModels", r.ResponseModels)
	if len(r.ResponseParameters) > 0 {
		o.other("responseParameters", r.ResponseParameters)
	}
	return o.close()
}

func (i *Integration) appendJSON(b []byte) ([]byte, error) {
	o := openObject(b)
	o.text("integrationId", i.IntegrationID)
	o.text("integrationType", i.IntegrationType)
	o.optional("integrationMethod", i.IntegrationMethod)
	o.optional("integrationUri", i.IntegrationURI)
	o.text("connectionType", i.ConnectionType)
	o.optional("connectionId", i.ConnectionID)
	o.optional("contentHandlingStrategy", i.ContentHandlingStrategy)
	o.optional("credentialsArn", i.CredentialsARN)
	o.optional("description", i.Description)
	o.text("passthroughBehavior", i.PassthroughBehavior)
	o.text("payloadFormatVersion", i.PayloadFormatVersion)
	o.texts("requestParameters", i.RequestParameters)
	o.texts("requestTemplates", i.RequestTemplates)
	o.optional("templateSelectionExpression", i.TemplateSelectionExpr)
	o.name("timeoutInMillis")
	o.b = strconv.AppendInt(o.b, int64(i.TimeoutInMillis), 10)
	if i.TLSConfig != nil {
		o.other("tlsConfig", i.TLSConfig)
	}
	appendList(&o, "integrationResponses", i.Responses, (*IntegrationResponse).appendJSON)
	return o.close()
}

func (r *IntegrationResponse) appendJSON(b []byte) ([]byte, error) {
	o := openObject(b)
	o.text("integrationResponseId", r.IntegrationResponseID)
	o.text("integrationResponseKey", r.IntegrationResponseKey)
	o.optional("contentHandlingStrategy", r.ContentHandlingStrategy)
	o.texts("responseParameters", r.ResponseParameters)
	o.texts("responseTemplates", r.ResponseTemplates)
	o.optional("templateSelectionExpression", r.TemplateSelectionExpr)
	return o.close()
}

// jsonObject appends the members of one JSON object as encoding/json writes them. err is the first
// error.
type jsonObject struct {
	b     []byte
	begun bool
	err   error
}

func openObject(b []byte) jsonObject { return jsonObject{b: append(b, '{')} }

func (o *jsonObject) close() ([]byte, error) { return append(o.b, '}'), o.err }

// name begins a member. Names are written as they are.
func (o *jsonObject) name(name string) {
	if o.begun {
		o.b = append(o.b, ',')
	}
	o.begun = true
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

func (o *jsonObject) text(name, value string) {
	o.name(name)
	o.b, o.err = appendJSONText(o.b, value, o.err)
}

func (o *jsonObject) optional(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

// texts is a map that is left out when it is empty.
func (o *jsonObject) texts(name string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	o.name(name)
	var buf [8]string
	keys := buf[:0]
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		o.b = append(o.b, "{,"[min(i, 1)])
		o.b, o.err = appendJSONText(o.b, key, o.err)
		o.b = append(o.b, ':')
		o.b, o.err = appendJSONText(o.b, values[key], o.err)
	}
	o.b = append(o.b, '}')
}

// other is a member that encoding/json writes.
func (o *jsonObject) other(name string, value any) {
	o.name(name)
	text, err := json.Marshal(value)
	if o.err == nil {
		o.err = err
	}
	o.b = append(o.b, text...)
}

// appendList is a list that is left out when it is empty.
func appendList[T any](o *jsonObject, name string, list []T, element func(*T, []byte) ([]byte, error)) {
	if len(list) == 0 {
		return
	}
	o.name(name)
	for i := range list {
		var err error
		o.b, err = element(&list[i], append(o.b, "[,"[min(i, 1)]))
		if o.err == nil {
			o.err = err
		}
	}
	o.b = append(o.b, ']')
}

// asItIs is true for each byte that encoding/json does not escape in a string.
var asItIs = func() (plain [256]bool) {
	for c := byte(' '); c < 0x80; c++ {
		plain[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return plain
}()

// escaped are the escapes of the other bytes that are written here.
var escaped = [0x80]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\t': `\t`, '\r': `\r`, '<': `\u003c`, '>': `\u003e`, '&': `\u0026`}

// appendJSONText appends a string as encoding/json writes it. Strings with non-ASCII or unusual
// control characters are left to encoding/json. It returns before if that is not nil, else its own
// error.
func appendJSONText(b []byte, text string, before error) ([]byte, error) {
	start, from := len(b), 0
	b = append(b, '"')
	for i := range len(text) {
		c := text[i]
		if asItIs[c] {
			continue
		}
		if c >= 0x80 || escaped[c] == "" {
			whole, err := json.Marshal(text)
			if before == nil {
				before = err
			}
			return append(b[:start], whole...), before
		}
		b = append(append(b, text[from:i]...), escaped[c]...)
		from = i + 1
	}
	return append(append(b, text[from:]...), '"'), before
}
