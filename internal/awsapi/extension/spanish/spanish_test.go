package spanish_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"
)

func TestOf(t *testing.T) {
	cases := []struct {
		name, english, want string
		ok                  bool
	}{
		{"as it is", "no route targets it", "ninguna ruta la usa", true},
		{
			"holes", "integration abc1234 does not exist any more", "la integración abc1234 ya no existe", true,
		},
		{
			"a sentence in a sentence",
			"credentialsArn of integration abc: arn:aws:iam::1:role/R: there is no such role. Create it (aws iam create-role), or name another one",
			"credentialsArn de la integración abc: arn:aws:iam::1:role/R: no existe ese rol. Créalo (aws iam create-role), o nombra otro", true,
		},
		{
			"what is said inside and is nobody's sentence",
			"integrationUri of integration abc: no answer from http://127.0.0.1:1/: connection refused",
			"integrationUri de la integración abc: sin respuesta de http://127.0.0.1:1/: connection refused", true,
		},
		{"what a client wrote is never taken for a hole", `on route {id}: it has {id}`, "en la ruta {id}: it has {id}", true},
		{"over lines", "Sent to the client: {\n}", "Enviado al cliente: {\n}", true},
		{"unknown", "Starting execution for request: abc", "Starting execution for request: abc", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, ok := spanish.Of(c.english)
			if got != c.want || ok != c.ok {
				t.Errorf("got %q %v, want %q %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestResource(t *testing.T) {
	for english, want := range map[string]string{
		"Route $connect": "Ruta $connect", "Integration abc": "Integración abc",
		"Integration abc response 201": "Respuesta 201 de la integración abc", "API Chat": "API Chat",
	} {
		if got := spanish.Resource(english); got != want {
			t.Errorf("%s: got %q, want %q", english, got, want)
		}
	}
}
