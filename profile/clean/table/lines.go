package table

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// lines reads a text line by line and keeps no more of a line than max bytes.
type lines struct {
	r    *bufio.Reader
	max  int
	n    int // of the line that was read last, from 1
	buf  []byte
	back []line // what is read again, the next one last

	strange string // the reason of a line that is no text
}

// line is a line without what ends it; long says that it was longer than max and is cut.
type line struct {
	text []byte
	long bool
}

// next reads a line, which is good until the next call. The error is io.EOF at the end.
func (l *lines) next() (line, error) {
	l.n++
	if k := len(l.back) - 1; k >= 0 {
		again := l.back[k]
		l.back = l.back[:k]
		return again, nil
	}
	l.buf = l.buf[:0]
	long, some := false, false
	for {
		part, err := l.r.ReadSlice('\n')
		some = some || len(part) > 0
		if room := l.max + 2 - len(l.buf); len(part) > room { // two for what ends it
			long = long || len(bytes.TrimRight(part[room:], "\r\n")) > 0
			part = part[:room]
		}
		l.buf = append(l.buf, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && !some || err != nil && err != io.EOF {
			l.n--
			return line{}, err
		}
		break
	}
	text := bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r"))
	if len(text) > l.max {
		text, long = text[:l.max], true
	}
	return line{text, long}, nil
}

// again gives lines that were read back, in their order. They are kept as they are.
func (l *lines) again(ls []line) {
	l.n -= len(ls)
	for i := len(ls) - 1; i >= 0; i-- {
		l.back = append(l.back, ls[i])
	}
}

// column is the column in runes of an offset in bytes, both from 1.
func column(text []byte, offset int) int {
	return utf8.RuneCount(text[:min(max(offset-1, 0), len(text))]) + 1
}

// broken is the place of the first character that is none, in a text of one or more lines that begins in line first.
func (l *lines) broken(text []byte, first int) *Fault {
	at := bytes.IndexRune(text, utf8.RuneError) // finds bytes that are no UTF-8 too
	if at < 0 {
		return nil
	}
	head := text[:at]
	begin := bytes.LastIndexByte(head, '\n') + 1
	return &Fault{first + bytes.Count(head, []byte("\n")), utf8.RuneCount(head[begin:]) + 1, l.strange}
}
