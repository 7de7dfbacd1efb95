package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// noopTimeout is how long an idle connection has to show that it still answers.
const noopTimeout = 5 * time.Second

var steps = map[gomail.SendErrReason]string{
	gomail.ErrSMTPMailFrom: "MAIL FROM", gomail.ErrSMTPRcptTo: "RCPT TO", gomail.ErrSMTPData: "DATA",
	gomail.ErrSMTPDataClose: "the end of DATA", gomail.ErrWriteContent: "the content", gomail.ErrConnCheck: "NOOP",
}

// verdict is what an error of an attempt that delivered nothing means.
func verdict(err error) (journey.Receipt, error) {
	code, said, step := 0, "", ""
	if e := (*gomail.SendError)(nil); errors.As(err, &e) {
		code, step = e.ErrorCode(), steps[e.Reason]
		said = fmt.Sprintf("%d %s", code, e.EnhancedStatusCode())
		if e.EnhancedStatusCode() == "" {
			said = fmt.Sprint(code)
		}
		said += " at " + step
		if code == 0 { // the text of the error would name the recipient
			return journey.Receipt{}, fmt.Errorf("mail: no answer at %s", step)
		}
		switch {
		case code >= 500 && e.Reason == gomail.ErrSMTPRcptTo:
			return journey.Receipt{Status: journey.Unreachable, Reason: said}, nil
		case code >= 500 && (e.Reason == gomail.ErrSMTPData || e.Reason == gomail.ErrSMTPDataClose):
			return journey.Receipt{Status: journey.Invalid, Reason: said}, nil
		}
	} else if e := (*textproto.Error)(nil); errors.As(err, &e) {
		code, said = e.Code, fmt.Sprintf("%d at the greeting or login", e.Code)
	} else {
		return journey.Receipt{}, fmt.Errorf("mail: no connection: %w", err)
	}
	switch {
	case code == 421 || code == 454:
		return journey.Receipt{Status: journey.Later, After: marque.Minute, Reason: said}, nil
	case code >= 400 && code < 500:
		return journey.Receipt{Status: journey.Unknown, Reason: said}, nil
	}
	return journey.Receipt{}, errors.New("mail: " + said)
}
