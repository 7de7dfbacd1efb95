// Package clean brings identifiers into one form and tells what a table that is to be imported is like.
//
//	"138 0013-8000" · "８６１３８００１３８０００" · ="13800138000"  ──►  +8613800138000        one person, not three
//	"1.38E+10" · "021-62888888转123" · "13800138000/13900139000"  ──►  a Reason, and no guess
//
//	table ──► Plan (what each column should hold) ──► rows in their form, with what was changed and what is wrong
//	                                              └─► Report: missing, malformed, repeated by column, with examples
//
// Phone, Mobile, Email, Ident, Text, Decimal, Money, Date and Time read one value. Each gives back what it gave, so that
// values may be cleaned any number of times; what is no such value is an error that is a Reason and holds no personal
// data. IDs makes one function of those that are for identifiers, by their kind:
//
//	ids := clean.IDs(nil)
//	id, err := ids(marque.ID{Kind: "phone", Value: "138 0013 8000"}) // phone:+8613800138000
//
// Compile checks what a Sheet says of the columns of a table:
//
//	plan, err := clean.Compile(clean.Sheet{Columns: []clean.Column{
//		{Name: "手机", As: clean.AsMobile, Required: true, Unique: true},
//		{Name: "邮箱", As: clean.AsEmail},
//	}}, nil)
//	file, err := table.CSV(r, &table.Options{Encoding: table.Detect})
//	report, err := plan.Check(file, nil)
//	fmt.Print(report)
//
// Phone numbers are those of Google's numbering plans (github.com/nyaruka/phonenumbers). A program with this package loads
// them when it starts: some 10 ms, 2 MB of memory and 7 MB of the binary. E-mail addresses are read by net/mail, their
// hosts by golang.org/x/net/idna; which characters a host may have depends on the version of Unicode that Go was built
// with.
//
// What it does not do: it asks no operator whether a number is in use and no host whether a mailbox exists, corrects no
// misspelt domains, knows no resident identity numbers, which nobody should import, and changes no table: rows in their
// form are the caller's to write.
package clean
