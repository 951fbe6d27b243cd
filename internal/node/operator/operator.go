// Package operator is the door for those who run a node: export and apply,
// explain, the live logs and profiles, which AWS has no calls for. Requests are signed
// like every AWS call (service "pasarela") and decided by IAM policies (actions
// pasarela:Export, pasarela:Apply, pasarela:Explain, pasarela:ReadLogs,
// pasarela:Profile); the root
// of the account may do everything.
package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// Path is where the door is. No API has an id that starts with an underscore.
const Path = "/_pasarela/"

// SigningName is the service in the credential scope.
const SigningName = "pasarela"

// Trail remembers executions, on this node and on others.
type Trail interface {
	Explain(ctx context.Context, id string) ([]execution.Entry, error)
}

// Options of the door; all are required.
type Options struct {
	Backup *backup.Service
	Place  pasarela.Place
	Guard  *wire.Guard
	Trail  Trail
	Feed   *Feed
	Log    *slog.Logger
}

// New makes the handler of everything below [Path].
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+Path+"export", o.guarded("Export", o.export))
	mux.Handle("POST "+Path+"apply", o.guarded("Apply", o.apply))
	mux.Handle("GET "+Path+"explain", o.guarded("Explain", o.explain))
	mux.Handle("GET "+Path+"logs", o.guarded("ReadLogs", o.logs))
	mux.Handle("GET "+Path+"profile", o.guarded("Profile", o.profile))
	return mux
}

// guarded lets through what is signed and allowed.
func (o Options) guarded(operation string, act func(w http.ResponseWriter, r *http.Request, body []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire.StampRequestID(w)
		err := o.admit(w, r, operation, act)
		if err == nil {
			return
		}
		if answer := wire.WriteRESTError(w, err); answer.Status >= http.StatusInternalServerError {
			o.Log.ErrorContext(r.Context(), "operator call failed", "operation", operation, "error", err)
		}
	})
}

func (o Options) admit(w http.ResponseWriter, r *http.Request, operation string, act func(http.ResponseWriter, *http.Request, []byte) error) error {
	body, err := wire.ReadBody(w, r, maxFile)
	if err != nil {
		return err
	}
	who, err := o.Guard.Authenticate(r, body, SigningName)
	if err != nil {
		return err
	}
	resource := fmt.Sprintf("arn:aws:%s:%s:%s:node", SigningName, o.Place.Region, o.Place.AccountID)
	if err := o.Guard.Authorize(r.Context(), who, SigningName+":"+operation, []string{resource}, o.Guard.RequestContext(r)); err != nil {
		return err
	}
	return act(w, r, body)
}

func (o Options) export(w http.ResponseWriter, r *http.Request, _ []byte) error {
	secrets, err := flag(r, "secrets")
	if err != nil {
		return err
	}
	data, err := o.Backup.Export(r.Context(), secrets)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(data)
	return nil
}

// maxFile bounds a file that is applied, in bytes.
const maxFile = 256 << 20

func (o Options) apply(w http.ResponseWriter, r *http.Request, body []byte) error {
	prune, err := flag(r, "prune")
	if err != nil {
		return err
	}
	only, err := flag(r, "plan")
	if err != nil {
		return err
	}
	act := o.Backup.Apply
	if only {
		act = o.Backup.Plan
	}
	plan, err := act(r.Context(), body, prune)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(plan)
}

func (o Options) explain(w http.ResponseWriter, r *http.Request, _ []byte) error {
	id := r.URL.Query().Get("id")
	if id == "" {
		return pasarela.Errorf(pasarela.CodeBadRequest, "id: the id of a connection or of a request is needed")
	}
	entries, err := o.Trail.Explain(r.Context(), id)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return pasarela.Errorf(pasarela.CodeNotFound,
			"Nothing is remembered of %s: the id is another node's or of before the last start, or newer events took its place.", id)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, execution.Explain(entries))
	return nil
}

// logs sends the last lines, and those to come for as long as the client stays.
func (o Options) logs(w http.ResponseWriter, r *http.Request, _ []byte) error {
	follow, err := flag(r, "follow")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	recent, lines, leave := o.Feed.Join()
	defer leave()
	if _, err := w.Write(recent); err != nil || !follow {
		return nil
	}
	stream(r.Context(), w, lines)
	return nil
}

// writeWait is how long a follower may take for one piece before it is cut.
const writeWait = 10 * time.Second

func stream(ctx context.Context, w http.ResponseWriter, lines <-chan []byte) {
	control := http.NewResponseController(w)
	for {
		if control.SetWriteDeadline(time.Now().Add(writeWait)) != nil || control.Flush() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case piece, open := <-lines:
			if !open {
				return
			}
			if control.SetWriteDeadline(time.Now().Add(writeWait)) != nil {
				return
			}
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}

func flag(r *http.Request, name string) (bool, error) {
	value := r.URL.Query().Get(name)
	if value == "" {
		return false, nil
	}
	set, err := strconv.ParseBool(value)
	if err != nil {
		return false, pasarela.Errorf(pasarela.CodeBadRequest, "%s: %q is not true or false", name, value)
	}
	return set, nil
}
