package clean

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Form is the form that values are brought into, named in definitions.
type Form string

// The forms.
const (
	AsText    Form = "text"    // Text
	AsIdent   Form = "ident"   // Ident
	AsLower   Form = "lower"   // Ident in small letters
	AsUpper   Form = "upper"   // Ident in capitals
	AsPhone   Form = "phone"   // Phone
	AsMobile  Form = "mobile"  // Mobile
	AsEmail   Form = "email"   // Email
	AsNumber  Form = "number"  // Decimal
	AsInteger Form = "integer" // Decimal without decimals
	AsDate    Form = "date"    // Date
	AsTime    Form = "time"    // Time
	AsIs      Form = "as_is"   // nothing is changed or refused
)

var forms = []Form{AsText, AsIdent, AsLower, AsUpper, AsPhone, AsMobile, AsEmail, AsNumber, AsInteger, AsDate, AsTime, AsIs}

// known is the fault of a name that is no form.
func (f Form) known() error {
	if slices.Contains(forms, f) {
		return nil
	}
	names := make([]string, len(forms))
	for i := range forms {
		names[i] = string(forms[i])
	}
	if hint := rule.Hint(string(f), names); hint != "" {
		return fmt.Errorf("no form %q%s", f, hint)
	}
	return fmt.Errorf("no form %q: want %s", f, strings.Join(names, ", "))
}

// Options of IDs and Compile. The zero value works.
type Options struct {
	// Region of phone numbers without a country code, as ISO 3166 names it. Default "CN".
	Region string `json:"region,omitempty"`
	// Email says how far addresses are brought together. Default the zero EmailOptions.
	Email EmailOptions `json:"email,omitzero"`
	// Kinds are the forms of identifiers by kind. Default Kinds.
	Kinds map[string]Form `json:"kinds,omitempty"`
	// Rest is the form of kinds that are not named. Default AsIdent.
	Rest Form `json:"rest,omitempty"`
}

// Kinds are the forms of the kinds of identifiers that teams in China have, for Options.Kinds with what a host adds.
// Each call makes a new map. Letters of devices are small: systems write one advertising identifier in both cases.
func Kinds() map[string]Form {
	return map[string]Form{
		"phone": AsPhone, "mobile": AsMobile, "email": AsEmail,
		"openid": AsIdent, "unionid": AsIdent, "external_userid": AsIdent, "member": AsIdent,
		"device": AsLower, "idfa": AsLower, "oaid": AsLower, "gaid": AsLower, "anonymous": AsIdent,
	}
}

// Validate lists every fault: a region that no phone number is of, forms that there are not.
func (o *Options) Validate() error {
	var f marque.Faults
	if o == nil {
		return nil
	}
	if o.Region != "" && !hasPlan(o.Region) {
		f.Add("region", "%q: no region has this code, as CN or HK", o.Region)
	}
	for _, kind := range slices.Sorted(maps.Keys(o.Kinds)) {
		f.Wrap("kinds."+kind, o.Kinds[kind].known())
	}
	if o.Rest != "" {
		f.Wrap("rest", o.Rest.known())
	}
	return f.Err()
}

// withDefaults is a copy with what was not said.
func (o *Options) withDefaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	if d.Region == "" {
		d.Region = "CN"
	}
	d.Kinds = maps.Clone(d.Kinds)
	if d.Kinds == nil {
		d.Kinds = Kinds()
	}
	if d.Rest == "" {
		d.Rest = AsIdent
	}
	return d
}

// apply brings a text into a form.
func (o *Options) apply(f Form, text string) (string, error) {
	switch f {
	case AsIs:
		return text, nil
	case AsText:
		return Text(text)
	case AsPhone:
		return Phone(text, o.Region)
	case AsMobile:
		return Mobile(text, o.Region)
	case AsEmail:
		return Email(text, &o.Email)
	case AsDate:
		return Date(text)
	case AsTime:
		return Time(text)
	case AsNumber:
		return Decimal(text)
	case AsInteger:
		d, err := Decimal(text)
		if err == nil && strings.Contains(d, ".") {
			return "", NotInteger
		}
		return d, err
	}
	t, err := Ident(text)
	if err != nil {
		return "", err
	}
	switch f {
	case AsLower:
		return strings.ToLower(t), nil
	case AsUpper:
		return strings.ToUpper(t), nil
	}
	return t, nil
}
