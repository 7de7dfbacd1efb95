package rows

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// lines reads a text line by line and keeps no more of a line than max bytes.
type lines struct {
	r    *bufio.Reader
	max  int
	n    int // of the line that was read last, from 1
	buf  []byte
	back []readLine // what is read again, the next one last
}

type readLine struct {
	text []byte
	long bool
}

func newLines(r io.Reader, max int) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), max: max}
}

var (
	byteOrderMark = []byte("\xEF\xBB\xBF")
	errUTF16      = errors.New("the file is UTF-16; it has to be UTF-8")
)

// next reads a line, without what ends it. long says that it is longer than max, and cut there. What it gives is good
// until the next call.
func (l *lines) next() (line []byte, long bool, err error) {
	l.n++
	if k := len(l.back) - 1; k >= 0 {
		again := l.back[k]
		l.back = l.back[:k]
		return again.text, again.long, nil
	}
	l.buf = l.buf[:0]
	some := false
	for {
		part, err := l.r.ReadSlice('\n')
		some = some || len(part) > 0
		if room := l.max + 2 - len(l.buf); len(part) > room { // two for what ends it
			long = long || len(bytes.TrimRight(part[room:], "\r\n")) > 0
			part = part[:room]
		}
		l.buf = append(l.buf, part...)
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && !some:
			l.n--
			return nil, false, io.EOF
		case err != nil && err != io.EOF:
			return nil, false, err
		}
		break
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r"))
	if len(line) > l.max {
		line, long = line[:l.max], true
	}
	if l.n == 1 {
		if bytes.HasPrefix(line, []byte("\xFF\xFE")) || bytes.HasPrefix(line, []byte("\xFE\xFF")) {
			return nil, false, errUTF16
		}
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	return line, long, nil
}

// again gives lines that were read back, in their order. They are kept as they are.
func (l *lines) again(ls []readLine) {
	l.n -= len(ls)
	for i := len(ls) - 1; i >= 0; i-- {
		l.back = append(l.back, ls[i])
	}
}

// runes is the column of an offset in bytes, both from 1.
func runes(line []byte, offset int) int {
	return utf8.RuneCount(line[:min(max(offset-1, 0), len(line))]) + 1
}
