package clean

import (
	"fmt"

	"github.com/marque-go/marque"
)

// IDs gives the function that brings identifiers into one form by their kind, so that one number written in two ways is
// one identifier. The kind stays. The error of an identifier that is none names the kind and wraps its Reason; the value
// is not in it. What the function gives, it gives back as it is. It is safe for concurrent use; where the options are
// not valid, every call returns their faults.
func IDs(o *Options) func(marque.ID) (marque.ID, error) {
	faults := o.Validate()
	d := o.withDefaults()
	return func(id marque.ID) (marque.ID, error) {
		if faults != nil {
			return marque.ID{}, fmt.Errorf("clean: options: %w", faults)
		}
		form, ok := d.Kinds[id.Kind]
		if !ok {
			form = d.Rest
		}
		value, err := d.apply(form, id.Value)
		if err != nil {
			return marque.ID{}, fmt.Errorf("%s: %w", id.Kind, err)
		}
		return marque.ID{Kind: id.Kind, Value: value}, nil
	}
}
