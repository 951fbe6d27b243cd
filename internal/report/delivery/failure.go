package delivery

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wneessen/go-mail"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// A Failure says why a report was not delivered. Why is for the person who made the schedule, in
// each language: the answer of the other side, and no name of a machine; the cause is for
// the operator.
type Failure struct {
	Why       error
	Permanent bool // the same answer would come again
	Cause     error
}

func (f *Failure) Error() string { return f.Cause.Error() }
func (f *Failure) Unwrap() error { return f.Cause }

// longestAnswer bounds what is kept of an answer, in bytes.
const longestAnswer = 200

// failure is the Failure of an error of a delivery to a target.
func failure(target jobs.Target, err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*Failure](err); ok {
		return known
	}
	why := language.ID("delivery.no_folder")
	switch {
	case target.Mail != "":
		why = "delivery.no_mail_server"
	case target.WebHook != "":
		why = "delivery.no_web_hook"
	}
	return &Failure{Why: language.Errorf(why), Cause: err}
}

// smtpAnswer is the reply within the text of a mail.SendError, which has no member for it.
var smtpAnswer = regexp.MustCompile(`(?s)[45]\d\d[ -].*?(?:, affected (?:recipient|message)|$)`)

// mailFailure tells a server's refusal of a message from an error of the connection. RFC
// 5321, 4.2.1: a reply 5yz is permanent, and the same request is not to be repeated.
func mailFailure(err error) error {
	refused, ok := errors.AsType[*mail.SendError](err)
	if !ok || refused.ErrorCode() == 0 {
		return err
	}
	answer, _, _ := strings.Cut(smtpAnswer.FindString(refused.Error()), ", affected ")
	if answer == "" {
		answer = strconv.Itoa(refused.ErrorCode())
	}
	if said, err := strconv.Unquote(answer[min(4, len(answer)):]); err == nil { // of its package of textproto
		answer = answer[:4] + said
	}
	return &Failure{Why: language.Errorf("delivery.mail_answer", "answer", short(answer)), Permanent: refused.ErrorCode()/100 == 5, Cause: err}
}

// short is one line of an answer.
func short(answer string) string {
	answer = strings.Join(strings.Fields(strings.ToValidUTF8(answer, "")), " ")
	if len(answer) <= longestAnswer {
		return answer
	}
	cut := longestAnswer
	for !utf8.RuneStart(answer[cut]) {
		cut--
	}
	return answer[:cut] + "…"
}
