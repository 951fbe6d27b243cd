package pushserver_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/pushserver"
)

// sdkPost is a push as the SDKs of AWS make it.
const sdkPost = "POST /abcdef1234/prod/%40connections/L0SM9cOFvHcCIhw%3D HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n" +
	"User-Agent: aws-sdk-go-v2/1.47.7 ua/2.1 os/linux lang/go#1.26.8 md/GOOS#linux md/GOARCH#amd64 api/apigatewaymanagementapi#1.28.0\r\n" +
	"Content-Length: 4\r\nAmz-Sdk-Invocation-Id: 6f1b0cf0-1f1c-4f7e-8f0e-4b6e8a0f3b52\r\nAmz-Sdk-Request: attempt=1; max=3\r\n" +
	"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/execute-api/aws4_request, SignedHeaders=amz-sdk-invocation-id;content-length;host;x-amz-date, " +
	"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\nContent-Type: application/octet-stream\r\nX-Amz-Date: 20261124T100947Z\r\nAccept-Encoding: gzip\r\n\r\nhola"

// BenchmarkRead is one call of many on a kept connection, from bytes to the request.
func BenchmarkRead(b *testing.B) {
	again := pushserver.Again([]byte(sdkPost))
	b.ReportAllocs()
	for b.Loop() {
		if !again() {
			b.Fatal("not served")
		}
	}
}
