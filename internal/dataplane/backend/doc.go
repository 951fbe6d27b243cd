// Package backend calls the HTTP servers behind integrations and authorizers, on
// kept connections and within bounds: only targets that [Egress] allows, an answer
// of limited size in limited time, no redirect followed, and no request repeated of
// which a byte may have left.
//
//	call := backend.AcquireCall()
//	defer call.Release()
//	call.SetMethod(http.MethodPost)
//	call.SetBody(body)
//	if err := client.Do(call, "http://10.0.0.7:8080/reports"); err != nil {
//		return err
//	}
//	use(call.Status(), call.ResponseBody())
//
// It is no general HTTP client: an answer arrives whole, there are no cookies,
// proxies, compression or HTTP/2. In exchange a call costs a fifth of net/http's
// (BenchmarkCall).
package backend
