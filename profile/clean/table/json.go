package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// An Object is one line of a file of JSON objects.
type Object struct {
	Line   int            // from 1
	Fields map[string]any // as encoding/json decodes them, numbers as json.Number
	Fault  *Fault         // why the line cannot be read; Fields are nil then
}

// JSON reads a file with a JSON object in each line. It ends with its first error, which is that of the reader or of a
// file in another encoding. Empty lines are left out.
func JSON(r io.Reader, o *Options) iter.Seq2[Object, error] {
	d := o.withDefaults()
	return func(yield func(Object, error) bool) {
		text, strange, err := decoded(r, d.Encoding)
		if err != nil {
			yield(Object{}, err)
			return
		}
		ls := lines{r: bufio.NewReaderSize(text, window), max: d.MaxLine, strange: strange}
		for {
			l, err := ls.next()
			if err != nil {
				if err = ended(err); err != nil {
					yield(Object{}, err)
				}
				return
			}
			if len(bytes.TrimSpace(l.text)) == 0 {
				continue
			}
			obj := Object{Line: ls.n}
			if obj.Fields, obj.Fault = ls.object(l); !yield(obj, nil) {
				return
			}
		}
	}
}

// object reads the line that was read last.
func (ls *lines) object(l line) (map[string]any, *Fault) {
	n := ls.n
	if l.long {
		return nil, &Fault{n, 1, fmt.Sprintf("is longer than %d bytes", ls.max)}
	}
	if fault := ls.broken(l.text, n); fault != nil {
		return nil, fault
	}
	dec := json.NewDecoder(bytes.NewReader(l.text))
	dec.UseNumber()
	var fields map[string]any
	if err := dec.Decode(&fields); err != nil {
		if where, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, &Fault{n, column(l.text, int(where.Offset)), where.Error()}
		}
		if err == io.ErrUnexpectedEOF {
			return nil, &Fault{n, column(l.text, len(l.text)), "the object does not end"}
		}
		return nil, &Fault{n, 1, "is no JSON object"}
	}
	at := column(l.text, int(dec.InputOffset())+1)
	if _, err := dec.Token(); err != io.EOF {
		return nil, &Fault{n, at, "goes on behind the object"}
	}
	if fields == nil {
		return nil, &Fault{n, 1, "is no JSON object"}
	}
	return fields, nil
}
