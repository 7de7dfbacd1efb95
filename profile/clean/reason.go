package clean

// A Reason says why a text is not what it should be. It is an error and is compared with ==: it names no part of the
// text, so that no log gets to see personal data.
type Reason string

// Error is "clean: " and the reason.
func (r Reason) Error() string { return "clean: " + string(r) }

// The reasons.
const (
	Empty       Reason = "empty"
	Placeholder Reason = "a placeholder for nothing"
	NotUTF8     Reason = "not UTF-8"
	Garbled     Reason = "damaged by a wrong encoding" // U+FFFD, or 锟斤拷
	Control     Reason = "holds a control character"
	Blank       Reason = "holds a blank"
	Several     Reason = "more than one value"
	Masked      Reason = "characters hidden by a mask" // 138****8000, as platforms export
	TooShort    Reason = "too short"
	TooLong     Reason = "too long"
	Scientific  Reason = "digits lost to scientific notation" // 1.38E+10, as spreadsheets write it
	NotPhone    Reason = "not a phone number"
	Extension   Reason = "a phone number with an extension"
	NoSuchPhone Reason = "no phone number of its region"
	NotMobile   Reason = "not a mobile number"
	NotEmail    Reason = "not an e-mail address"
	NoSuchHost  Reason = "no domain of the internet"
	NotNumber   Reason = "not a number"
	OtherMoney  Reason = "in another currency"
	NotInteger  Reason = "not a whole number"
	NotDate     Reason = "not a date"
	NotTime     Reason = "not a date and time"
	Serial      Reason = "a day number of a spreadsheet" // 46143.39
	NotAllowed  Reason = "not one of the values"
)
